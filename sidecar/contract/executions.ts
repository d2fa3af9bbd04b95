/**
 * queued: written down, not sent (yet, or again). running: sent, not over. waiting: parked in n8n, for
 * a time or an answer. in-doubt: the process that sent it is gone, n8n is being asked. The rest is
 * settled. A failed one is a dead letter.
 */
export type ExecutionStatus =
	'queued' | 'running' | 'waiting' | 'in-doubt' | 'succeeded' | 'failed' | 'canceled';

/** How it ended. deadline: its time was over. lost: it may have run, and n8n cannot say. */
export type ExecutionOutcome =
	'success' | 'error' | 'crashed' | 'deadline' | 'lost' | 'refused' | 'canceled';

/** Who wanted it; `join`: a join, or an orchestration on Temporal; `observed`: n8n ran it without us. */
export type ExecutionOrigin = 'api' | 'retry' | 'join' | 'webhook' | 'observed';

/** How often and how patiently it is tried, and what holds it back. */
export interface ExecutionPolicy {
	/** Attempts in all. Default 3, at most 50. */
	attempts?: number;
	/** Before the second attempt, in milliseconds. Default 1 000. */
	baseDelayMs?: number;
	/** Longest pause, in milliseconds. Default 60 000. */
	maxDelayMs?: number;
	/** Default 2. */
	factor?: number;
	/** 0 to 1. Default 0.5. */
	jitter?: number;
	/** Which failures are tried again. Default: transient and quota. */
	retryOn?: Array<'transient' | 'quota' | 'auth' | 'data' | 'bug' | 'unknown'>;
	/** Runs of this workflow at once, over all replicas. Default: no limit of its own. */
	concurrency?: number;
	/** Key of a circuit that is asked before, and told after, each attempt. */
	circuit?: string;
	/** Key of a rate limit that gives each attempt its time. */
	rateLimit?: string;
	/** Its end is told as the event `execution.finished`. Default false. */
	notify?: boolean;
}

/** POST /executions */
export interface ExecutionInput {
	environment: string;
	/** Id of the workflow there, or its key. */
	workflow: string;
	/** Any JSON: the body of its webhook, or what its trigger gives. */
	payload?: unknown;
	/** Instead of `payload`: the very items that leave its trigger. */
	items?: Array<{ json: Record<string, unknown>; binary?: Record<string, unknown> }>;
	/** Id of a version of ours. Default: what is live. */
	version?: string;
	/** The same key gives the same execution. */
	idempotencyKey?: string;
	tenant?: string;
	/** -100 to 100, higher first among the work of a tenant. Default 0. */
	priority?: number;
	policy?: ExecutionPolicy;
	/** ISO date-time: over by then, or failed. */
	deadline?: string;
	/** Seconds to wait for the end before answering. Default 0, at most 60. */
	wait?: number;
}

export interface Execution {
	id: string;
	environment: string;
	workflowId: string;
	workflowName: string | null;
	status: ExecutionStatus;
	outcome: ExecutionOutcome | null;
	origin: ExecutionOrigin;
	/** The one it repeats. */
	retryOf: string | null;
	tenant: string | null;
	priority: number;
	idempotencyKey: string | null;
	group: string | null;
	/** The version of ours that was asked for, or is known to have run. */
	versionId: string | null;
	/** In n8n; null: not known (yet). */
	engineExecutionId: string | null;
	/** n8n's word for how it was started. */
	mode: string | null;
	attempts: number;
	/** When it is sent, while it is queued. */
	dueAt: string | null;
	deadline: string | null;
	failedNode: string | null;
	error: { name: string; message: string; httpStatus: number | null } | null;
	errorClass: 'transient' | 'quota' | 'auth' | 'data' | 'bug' | 'unknown' | null;
	letterId: string | null;
	acceptedAt: string;
	startedAt: string | null;
	finishedAt: string | null;
	/** From start to end, in milliseconds. */
	durationMs: number | null;
}

/** GET /executions/{id} */
export interface ExecutionDetail extends Execution {
	/** What it was given, redacted by rule; null for one that we only observed. */
	payload: unknown;
	/** What came of it, redacted by rule. */
	result: unknown;
	/** The result was larger than is kept. */
	resultTruncated: boolean;
	policy: ExecutionPolicy | null;
	history: ExecutionAttempt[];
}

export interface ExecutionAttempt {
	number: number;
	/** Its own webhook, or the runner workflow; null: not decided yet. */
	route: 'webhook' | 'runner' | null;
	status: 'running' | 'succeeded' | 'failed' | 'canceled' | 'never-started';
	engineExecutionId: string | null;
	message: string | null;
	sentAt: string;
	finishedAt: string | null;
}
