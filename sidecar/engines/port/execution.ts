import type { WorkflowContent } from './workflow';

export const executionStatuses = [
	'new',
	'running',
	'waiting',
	'success',
	'error',
	'crashed',
	'canceled',
	'unknown',
] as const;

export type ExecutionStatus = (typeof executionStatuses)[number];

export function isTerminalStatus(status: ExecutionStatus): boolean {
	return (
		status === 'success' || status === 'error' || status === 'crashed' || status === 'canceled'
	);
}

/** One item of data between nodes. `binary` holds base64 parts as n8n stores them. */
export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, unknown>;
}

export interface ExecutionRecord {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	/** How it was started, in the engine's words. */
	mode: string;
	retryOf: string | null;
	/** Set when a retry of it has succeeded. */
	retrySuccessId: string | null;
	startedAt: string | null;
	stoppedAt: string | null;
	/** When its wait is over, ISO date-time; absent: it waits for nothing that has a time. */
	resumesAt?: string;
}

export interface ExecutionFailure {
	/** The engine was told not to try it again, by the code that failed. Default false. */
	nonRetryable?: boolean;
	/** Name of the node that failed; null when the run died outside a node. */
	node: string | null;
	/** Class name of the error as thrown, e.g. NodeApiError. */
	name: string;
	message: string;
	description: string | null;
	httpStatus: number | null;
	/** What the failed node was given. Empty when not known. */
	input: Item[];
}

export interface ExecutionDetail extends ExecutionRecord {
	workflowName: string | null;
	/** What started the run and the items it gave; null when not (yet) visible. */
	trigger: { node: string; items: Item[] } | null;
	failure: ExecutionFailure | null;
	/** The execution that called this one as its sub-workflow. */
	parent: { executionId: string; workflowId: string } | null;
	/** Sub-workflows started without waiting for them, by workflow id. */
	detachedCalls: string[];
	/** W3C trace context the caller sent. */
	traceparent: string | null;
	/** What really ran, where that is a definition; version ids of the engine may lie. */
	ran: WorkflowContent | null;
}

export interface ExecutionQuery {
	status?: ExecutionStatus;
	workflowId?: string;
	/** ISO date-time. */
	startedAfter?: string;
	/** Stop as soon as ids are not above this one; only where ids grow. */
	aboveId?: string;
	/** Default: no limit. */
	limit?: number;
}

export interface ExecutionGlance extends ExecutionRecord {
	traceparent: string | null;
}
