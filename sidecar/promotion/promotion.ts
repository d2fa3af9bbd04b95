import type { Publication } from '../engines/port/workflow';
import type { Ownership } from '../environments/protection';
import type { ErrorCode } from '../kernel/errors';
import type { Restore } from './restores';

export const promotionPhases = [
	/** A plan was made and can be applied. */
	'planned',
	/** Somebody has to agree first. */
	'awaiting-approval',
	/** The target is being written. */
	'applying',
	/** All is written and published, and is being seen live. */
	'verifying',
	'succeeded',
	/** The rules, or the target, said no; the target is as it was before. */
	'failed',
	/** We could not tell; the target is as it was before. */
	'errored',
	/** What was done is being undone. */
	'rolling-back',
	/** A later roll-back undid it. */
	'rolled-back',
	/** Given up before it was applied. */
	'aborted',
] as const;
export type PromotionPhase = (typeof promotionPhases)[number];

/** Source id → target id. */
export interface Mappings {
	credentials: Record<string, string>;
	/** Target workflow id, or `create`. */
	workflows: Record<string, string>;
	/** Ids that mean the same in the target, and fingerprints of values that are no secrets. */
	literals: string[];
	/** Source id or name, as the node has it → id in the target. */
	dataTables?: Record<string, string>;
	/** For credentials that are not mapped one by one; the first that fits. */
	rules?: CredentialRule[];
}

/** Credentials of this name in the source are those of that name in the target. */
export interface CredentialRule {
	/** Null: of any type. */
	type: string | null;
	/** The name in the source; one `*` in it is any text, also empty. */
	source: string;
	/** The name in the target; `*` is the text of the source's. */
	target: string;
}

export const noMappings: Mappings = {
	credentials: {},
	workflows: {},
	literals: [],
	dataTables: {},
	rules: [],
};

/** What is wanted. */
export interface PromotionSpec {
	mappings: Mappings;
	publish: boolean;
	/** The release was made for this promotion, so it is stale when the source moves on. */
	followSource: boolean;
	message: string | null;
	/** Within one environment: what each workflow is put back to, by key. */
	restore?: Record<string, Restore>;
}

/** What a workflow of the target was when the promotion was applied. */
export interface TargetBefore {
	workflowId: string;
	draftVersionId: string;
	liveVersionId: string | null;
	/** Our versions of the two, to put back. */
	draft: string;
	live: string | null;
}

export interface PlannedChange {
	workflowKey: string;
	/** Id in the source. */
	sourceWorkflowId: string;
	name: string;
	versionId: string;
	/** unpublish: nothing is written, it is taken out of service. */
	action: 'create' | 'update' | 'unpublish' | 'none';
	targetWorkflowId: string | null;
	publish: boolean;
	/** It was not live before the promotion that is rolled back. */
	unpublish: boolean;
	/** New, and calls itself by way of others: they can be published only after a stand-in of it. */
	circle: boolean;
	/** A version to leave as the draft after publishing; roll-backs put an unpublished edit back. */
	thenDraft: string | null;
	before: TargetBefore | null;
	diff: string;
	/** Places that stay as they are in the target, by its rules; absent: none. */
	kept?: string[];
	/** The nodes that change, and in which fields; plans from before this was kept have none. */
	nodes?: PlannedNode[];
	/** Keys of those published before it; plans from before this was kept: all that stand before it. */
	after?: string[];
}

export interface PlannedNode {
	name: string;
	change: 'added' | 'removed' | 'changed' | 'moved';
	/** Paths, such as parameters.url. */
	fields: string[];
}

export interface Finding {
	code: string;
	message: string;
	workflowKey: string | null;
	place: string | null;
	candidates?: Array<{ id: string; name: string }>;
	/** Where in the mappings an answer goes. */
	mapping?: { of: 'credentials' | 'workflows' | 'dataTables' | 'literals'; key: string };
}

/** Everything a plan rests on; when any of it moves, the plan is stale. */
export interface Seal {
	release: string;
	/** Source workflow id → digest of its draft; empty when the source does not matter. */
	source: Record<string, string>;
	mappings: string;
	api: string;
	/** Workflow key → what the target had. */
	targets: Record<string, SealedTarget | null>;
	/** Credentials the plan binds to: id → type and name. */
	credentials: Record<string, string>;
	/** Digest of what belongs to the target by rule; absent: nothing. */
	owned?: string;
}

export interface SealedTarget {
	workflowId: string;
	name: string;
	draftVersionId: string;
	liveVersionId: string | null;
	/** Of what it does and of how it looks. */
	digest: string;
	appearanceDigest: string;
}

export interface Plan {
	digest: string;
	seal: Seal;
	changes: PlannedChange[];
	blockers: Finding[];
	warnings: Finding[];
	/** Source id → target id as resolved; ids of workflows to be created are missing. */
	credentials: Record<string, { id: string; name: string }>;
	workflows: Record<string, { id: string; name: string }>;
	dataTables?: Record<string, { id: string; name: string }>;
	/** What belongs to the target, as the rules were; absent: nothing. */
	owned?: Ownership;
}

export const stepActions = [
	'create',
	'publish-stand-in',
	'stage',
	'publish',
	'see-live',
	'unpublish',
	'restage',
	'record',
] as const;
export type StepAction = (typeof stepActions)[number];

export interface Step {
	index: number;
	workflowKey: string;
	action: StepAction;
	/** started means: its effect may or may not have happened. */
	status: 'pending' | 'started' | 'done' | 'failed' | 'compensated';
	/** What later steps and the compensation need. */
	result: StepResult | null;
	message: string | null;
	startedAt: Date | null;
	finishedAt: Date | null;
}

export interface StepResult {
	workflowId: string;
	/** The engine's, of what the step made. */
	versionId?: string;
	/** Of what it was made from, or of what `create` has made. */
	changeCounter?: number | null;
	/** Ours, when somebody has edited just before it. */
	publication?: Publication;
	/** Our version of what the target had in the end. */
	kept?: string;
}

export interface Promotion {
	id: string;
	releaseId: string;
	from: string;
	to: string;
	rollbackOf: string | null;
	/** Made by itself after the success of this one in an earlier stage; set when it is added. */
	follows?: string | null;
	phase: PromotionPhase;
	spec: PromotionSpec;
	plan: Plan;
	reason: string | null;
	createdBy: string;
	createdAt: Date;
	updatedAt: Date;
}

/** Codes after which nobody knows whether the target would have taken it. */
const couldNotTell: ErrorCode[] = [
	'engine_unreachable',
	'engine_timeout',
	'engine_circuit_open',
	'engine_rate_limited',
	'engine_bad_response',
	'internal_error',
];

/** The end of a promotion that was undone for this reason. */
export function phaseAfterUndo(reasonCode: ErrorCode): 'failed' | 'errored' {
	return couldNotTell.includes(reasonCode) ? 'errored' : 'failed';
}

/** Worth another try before giving up. */
export function isPassing(code: ErrorCode): boolean {
	return code !== 'internal_error' && couldNotTell.includes(code);
}
