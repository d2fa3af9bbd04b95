export type PromotionPhase =
	| 'planned'
	| 'awaiting-approval'
	| 'applying'
	| 'verifying'
	| 'succeeded'
	| 'failed'
	| 'errored'
	| 'rolling-back'
	| 'rolled-back'
	| 'aborted';

/** Source id → target id. What is mapped once is remembered for the route. */
export interface Mappings {
	credentials?: Record<string, string>;
	/** Source workflow id → target workflow id, or `create` for a new one. */
	workflows?: Record<string, string>;
	/** Ids that mean the same in the target and stay as they are. */
	literals?: string[];
	/** Data table, as a node names it → id in the target. */
	dataTables?: Record<string, string>;
	/** For credentials that are not mapped one by one; the first that fits. */
	rules?: CredentialRule[];
}

export interface CredentialRule {
	/** Null: of any type. */
	type: string | null;
	/** Name in the source; one `*` in it is any text. */
	source: string;
	/** Name in the target; `*` is the text of the source's. */
	target: string;
}

/** POST /promotions: a releaseId, or environment and workflowIds to make one. */
export interface PromotionInput {
	releaseId?: string;
	environment?: string;
	workflowIds?: string[];
	to: string;
	mappings?: Mappings;
	/** Publish in the target. Default true. */
	publish?: boolean;
	message?: string;
}

export interface PlanChange {
	workflowKey: string;
	name: string;
	versionId: string;
	action: 'create' | 'update' | 'unpublish' | 'none';
	targetWorkflowId: string | null;
	publish: boolean;
	/** Text diff against what the target has. */
	diff: string;
	/** Nodes that change, and in which fields. */
	nodes: Array<{
		name: string;
		change: 'added' | 'removed' | 'changed' | 'moved';
		fields: string[];
	}>;
	/** Places that stay as they are in the target, by its rules. */
	kept: string[];
}

export interface PlanFinding {
	/** Stable. */
	code: string;
	message: string;
	workflowKey: string | null;
	/** Where in the JSON, e.g. nodes[HTTP].credentials.httpHeaderAuth. */
	place: string | null;
	/** What could be chosen, e.g. credentials of the same type in the target. */
	candidates?: Array<{ id: string; name: string }>;
	/** Where in the mappings an answer goes: `mappings.credentials[key]`, or as one of the literals. */
	mapping?: { of: 'credentials' | 'workflows' | 'dataTables' | 'literals'; key: string };
}

export interface PromotionPlan {
	digest: string;
	changes: PlanChange[];
	blockers: PlanFinding[];
	warnings: PlanFinding[];
}

export interface PromotionStep {
	index: number;
	workflowKey: string | null;
	action: string;
	status: 'pending' | 'started' | 'done' | 'failed' | 'compensated';
	message: string | null;
	startedAt: string | null;
	finishedAt: string | null;
}

export interface Promotion {
	id: string;
	phase: PromotionPhase;
	releaseId: string;
	from: string;
	to: string;
	/** Id of the promotion this one undoes. */
	rollbackOf: string | null;
	plan: PromotionPlan;
	steps: PromotionStep[];
	/** Why it ended as it did. */
	reason: string | null;
	/** What has to be right before it is applied, as it is for who asks. Not in lists. */
	gates?: Gate[];
	approvals?: Approval[];
	/** Applied past gates that were not passed. */
	breakGlass?: { by: string; reason: string; gates: string[]; at: string } | null;
	/** How it does since it has succeeded. */
	watch?: PromotionWatch | null;
	createdBy: string;
	createdAt: string;
	updatedAt: string;
}

export interface Gate {
	name: 'plan' | 'promoter' | 'approvals' | 'freeze' | 'verified' | 'soak' | 'hold';
	state: 'passed' | 'waiting' | 'closed';
	/** Stable: passed, plan_blocked, promoter_not_allowed, approvals_missing, frozen, not_verified, soaking, held. */
	code: string;
	message: string;
}

export interface Approval {
	by: string;
	decision: 'approve' | 'reject';
	reason: string | null;
	at: string;
}

export interface WatchTally {
	runs: number;
	/** Failures, or runs that were slow. */
	hits: number;
	verdict: 'undecided' | 'healthy' | 'regressed';
}

export interface PromotionWatch {
	status: 'watching' | 'passed' | 'regressed' | 'superseded';
	until: string;
	message: string | null;
	workflows: Array<{
		workflowKey: string;
		name: string;
		before: { runs: number; failures: number };
		failures: WatchTally;
		/** Null: too few runs before to say what is slow. */
		slow: WatchTally | null;
	}>;
}

/** What must not come back into an environment until somebody lets it. */
export interface Hold {
	id: string;
	environment: string;
	promotionId: string;
	/** Workflow key → version that was promoted. */
	versions: Record<string, string>;
	reason: string;
	placedBy: string;
	placedAt: string;
	releasedBy: string | null;
	releaseReason: string | null;
	releasedAt: string | null;
}

/** Data of the server-sent events of GET /promotions/{id}/events. */
export interface PromotionEvent {
	promotionId: string;
	/** 1, 2, 3 … without gaps; also the id of the event. */
	sequence: number;
	type: 'phase' | 'step' | 'approval' | 'break-glass' | 'hold' | 'watch';
	/** phase: phase, reason. step: index, workflowKey, action, status, message. */
	data: Record<string, unknown>;
	at: string;
}
