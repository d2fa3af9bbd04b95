import type { ResumeTicket } from './parking';

export interface JoinItem {
	json: Record<string, unknown>;
	binary?: Record<string, unknown>;
}

/**
 * all: every child must succeed; the first that fails for good ends it. collect: every child ends,
 * however. quorum: so many must succeed. first: one must succeed. What is left is cancelled as soon
 * as the answer is known.
 */
export type JoinPolicy = { mode: 'all' | 'collect' | 'first' } | { mode: 'quorum'; quorum: number };

/** When a child that failed is started again. */
export interface JoinRetry {
	/** Runs of a child in all. Default 1: no retry. At most 20. */
	attempts?: number;
	/** Milliseconds before the second run; doubles from then on. Default 1 000. */
	baseDelayMs?: number;
	/** No pause is longer. Default 60 000. */
	maxDelayMs?: number;
	/** Share of the pause that is random, 0 to 1. Default 0.5. */
	jitter?: number;
	/** Classes of errors worth another run. Default `["transient", "quota", "unknown"]`. */
	on?: Array<'transient' | 'quota' | 'auth' | 'data' | 'bug' | 'unknown'>;
}

/**
 * POST /joins → 202 Join, role node and above. Everything is in the database when it answers. Call it
 * from `execute()`, then `putExecutionToWait`. The same parent (execution, token, node, visit) asked
 * twice is one join: the second time 200 with the one that is there.
 */
export interface JoinRequest {
	/** Default: the token's own. */
	environment?: string;
	/** Id of a published sub-workflow in that environment; its published version runs. */
	workflow: string;
	/** In the order of the results. 1 to 10 000. */
	children: Array<{ items: JoinItem[] }>;
	/** Children that run at the same time. Default 10, at most 100. */
	atOnce?: number;
	/** Default `{mode: "all"}`. */
	policy?: JoinPolicy;
	retry?: JoinRetry;
	/** A child that takes longer, all its runs and pauses together, is stopped and counts as failed. */
	childDeadlineMs?: number;
	/** The whole join; what has not ended by then is cancelled, and the policy judges what there is. */
	deadlineMs?: number;
	parent: {
		executionId: string;
		/** The `signature` in `$execution.resumeUrl`. */
		resumeToken: string;
		nodeId: string;
		visit: number;
		/** Shown to operators. */
		workflowId?: string;
	};
}

/** running: children are under way. succeeded, failed: what the policy says. cancelled: taken back, or its parent is gone. */
export type JoinState = 'running' | 'succeeded' | 'failed' | 'cancelled';
export type ChildState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** GET /joins/{id}; POST /joins/{id}/cancel answers it too: its parent is woken and told. */
export interface Join {
	id: string;
	environment: string;
	workflow: string;
	state: JoinState;
	/** Its state as a sentence. */
	summary: string;
	policy: JoinPolicy;
	atOnce: number;
	/** total = the sum of the others, always. */
	children: {
		total: number;
		waiting: number;
		running: number;
		succeeded: number;
		failed: number;
		cancelled: number;
	};
	parent: { executionId: string; nodeId: string; visit: number };
	/** The parked parent: GET /parked/{ticketId}. */
	ticketId: string;
	deadlineAt: string | null;
	createdAt: string;
	finishedAt: string | null;
}

/** GET /joins/{id}/results → {data: ChildResult[], nextCursor}, in the order of the request. */
export interface ChildResult {
	/** Of the child in the request, from 0. */
	index: number;
	state: ChildState;
	/** Of its last run. */
	executionId: string | null;
	/** Runs begun. */
	attempts: number;
	/** What it gave back; empty unless it succeeded. */
	items: JoinItem[];
	/** Of its last run; null unless it failed or was cancelled. */
	error: { message: string; errorClass: string } | null;
}

/** `result` in the body that resumes the parent. */
export interface JoinResult {
	joinId: string;
	state: Exclude<JoinState, 'running'>;
	/** Why, as a sentence. */
	summary: string;
	counts: Join['children'];
	/**
	 * All of them, in the order of the request, when that is less than 4 MB of JSON; otherwise null:
	 * page through GET /joins/{joinId}/results. A page ends early at about 4 MB.
	 */
	children: ChildResult[] | null;
}

/** The body that resumes the parent of a join. */
export interface JoinedBody {
	ticket: ResumeTicket;
	reason: 'joined';
	result: JoinResult;
}
