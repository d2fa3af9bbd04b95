import type { Item } from '../engines/port/execution';
import type { WorkflowContent } from '../engines/port/workflow';

/**
 * waiting: for a person. scheduled: the next replay has a time. replaying: one replay is under way.
 * resolved: a replay succeeded, or was found to be needless because a retry by hand had succeeded.
 * discarded: a person gave it up. expired: its time to live ran out; it is kept packed, and can still
 * be replayed or restored by hand.
 */
export const deadLetterStates = [
	'waiting',
	'scheduled',
	'replaying',
	'resolved',
	'discarded',
	'expired',
] as const;
export type DeadLetterState = (typeof deadLetterStates)[number];

export function isClosed(state: DeadLetterState): boolean {
	return state === 'resolved' || state === 'discarded';
}

/** transient: may pass by itself; quota: too much at once; auth: needs a new credential; data: this payload; bug: this workflow. */
export const errorClasses = ['transient', 'quota', 'auth', 'data', 'bug', 'unknown'] as const;
export type ErrorClass = (typeof errorClasses)[number];

/** execution: work of our own ledger that failed for good. */
export type LetterOrigin = 'error-output' | 'error-workflow' | 'follower' | 'api' | 'execution';
/** How much it matters, for whoever looks first. */
export const severities = ['warning', 'error', 'critical'] as const;
export type Severity = (typeof severities)[number];
export const defaultSeverity: Severity = 'error';

export interface LetterError {
	node: string | null;
	name: string;
	message: string;
	description: string | null;
	httpStatus: number | null;
}

/** What the engine still knew of the failed execution. */
export interface Capture {
	workflowName: string | null;
	error: LetterError | null;
	/** What a redelivery gives to the workflow. */
	trigger: { node: string; items: Item[] } | null;
	/** What the failed node was given. */
	failedInput: Item[];
	/** The definition that failed. */
	ran: WorkflowContent | null;
	/** Our version of it, where we have it. */
	versionId: string | null;
}

/** A letter without what may be large: its payload and the definition that failed. */
export interface LetterSummary {
	id: string;
	environment: string;
	dedupKey: string;
	state: DeadLetterState;
	origin: LetterOrigin;
	workflowId: string;
	workflowKey: string | null;
	workflowName: string | null;
	/** The execution it was reported for. */
	executionId: string | null;
	/** Where a person can look at it. */
	executionUrl: string | null;
	/**
	 * The failed execution and its failed retries, oldest first. Empty for one item on an error
	 * output: its execution went on, and others may have failed in it.
	 */
	executionIds: string[];
	error: LetterError;
	errorClass: ErrorClass;
	severity: Severity;
	/** What the reporter calls the same work. */
	fingerprint: string | null;
	/** Shared by letters of one cause (`incidentOf`); null: not worked out yet. */
	incident: string | null;
	/** How often work with that fingerprint failed while this letter was open. */
	occurrences: number;
	/** The version of ours that failed, where we have it. */
	versionId: string | null;
	/** When the execution was read from the engine; null while that is still to do. */
	capturedAt: Date | null;
	attempts: number;
	nextReplayAt: Date | null;
	note: string | null;
	createdAt: Date;
	updatedAt: Date;
	expiresAt: Date;
	/** Since when what may be large is packed in the archive; null: it is not. */
	archivedAt: Date | null;
}

export interface DeadLetter extends LetterSummary {
	trigger: { node: string; items: Item[] } | null;
	failedInput: Item[];
	ran: WorkflowContent | null;
}

export type NewDeadLetter = Omit<
	DeadLetter,
	'attempts' | 'occurrences' | 'workflowKey' | 'updatedAt' | 'archivedAt'
>;

export type ReplayStrategy = 'retry' | 'redeliver';

export interface Replay {
	letterId: string;
	number: number;
	strategy: ReplayStrategy;
	/** `live`, `failed` or a version id; null for retry. */
	version: string | null;
	status: 'running' | 'in-doubt' | 'succeeded' | 'failed';
	traceparent: string;
	/** The execution that the engine was asked to retry; null: it was not asked (yet). */
	retriedId: string | null;
	executionId: string | null;
	message: string | null;
	requestedBy: string;
	startedAt: Date;
	finishedAt: Date | null;
}
