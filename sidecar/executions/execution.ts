import type { ErrorClass } from '../dead-letters/dead-letter';
import type { Item } from '../engines/port/execution';

export const statuses = [
	'queued',
	'running',
	'waiting',
	'in-doubt',
	'succeeded',
	'failed',
	'canceled',
] as const;
/**
 * queued: to be sent at its time. running: sent, not over. waiting: parked in the engine. in-doubt:
 * its process is gone, the engine is asked. succeeded, failed (a dead letter) and canceled are final.
 */
export type Status = (typeof statuses)[number];

export function isSettled(status: Status): boolean {
	return status === 'succeeded' || status === 'failed' || status === 'canceled';
}

export const outcomes = [
	'success',
	'error',
	'crashed',
	'deadline',
	'lost',
	'refused',
	'canceled',
] as const;
/**
 * deadline: its time was over. lost: it may have run, and the engine cannot say. refused: it could
 * never be started.
 */
export type Outcome = (typeof outcomes)[number];

export const origins = ['api', 'retry', 'join', 'webhook', 'observed'] as const;
/**
 * Who wanted it. join: a join, or an orchestration on Temporal, which waits for what becomes of it.
 * observed: the engine ran it without us.
 */
export type Origin = (typeof origins)[number];

export interface Policy {
	/** In all; at least 1. */
	attempts: number;
	baseDelayMs: number;
	maxDelayMs: number;
	factor: number;
	jitter: number;
	retryOn: ErrorClass[];
	/** Runs of the workflow at once; null: no limit of its own. */
	concurrency: number | null;
	circuit: string | null;
	rateLimit: string | null;
	/** Its end is told as an event. Absent: it is not. */
	notify?: boolean;
}

export const defaultPolicy: Policy = {
	attempts: 3,
	baseDelayMs: 1_000,
	maxDelayMs: 60_000,
	factor: 2,
	jitter: 0.5,
	retryOn: ['transient', 'quota'],
	concurrency: null,
	circuit: null,
	rateLimit: null,
};

/** What a workflow is given: the body of its webhook, or the items that leave its trigger. */
export type Input = { payload: unknown } | { items: Item[] };

/** A request to run a workflow, before it is written down. */
export interface NewExecution {
	environment: string;
	/** Id in the environment, or key. */
	workflow: string;
	/** Id of a version of ours; null or absent: what is live. */
	version?: string | null;
	input: Input;
	/** The same key for the same workflow gives the execution that is there. */
	idempotencyKey?: string | null;
	tenant?: string | null;
	/** -100 to 100, higher first. Default 0. */
	priority?: number;
	/** What is not named has its default. */
	policy?: Partial<Policy>;
	/** At most `atOnce` of a group are under way; `id` is any text of at most 200 characters. */
	group?: { id: string; atOnce: number } | null;
	deadline?: Date | null;
	/** Not sent before. */
	notBefore?: Date | null;
	origin: Origin;
	/** The execution of ours that it repeats. */
	retryOf?: string | null;
}

export interface ExecutionError {
	node: string | null;
	name: string;
	message: string;
	description: string | null;
	httpStatus: number | null;
}

/** An execution without what may be large. */
export interface ExecutionSummary {
	id: string;
	environment: string;
	workflowId: string;
	workflowName: string | null;
	status: Status;
	outcome: Outcome | null;
	origin: Origin;
	retryOf: string | null;
	tenant: string | null;
	priority: number;
	idempotencyKey: string | null;
	groupId: string | null;
	versionId: string | null;
	engineExecutionId: string | null;
	mode: string | null;
	attempts: number;
	dueAt: Date | null;
	deadline: Date | null;
	cancelRequested: boolean;
	error: ExecutionError | null;
	errorClass: ErrorClass | null;
	letterId: string | null;
	acceptedAt: Date;
	startedAt: Date | null;
	finishedAt: Date | null;
}

export interface Execution extends ExecutionSummary {
	/** As it may be shown; null for an observed one. */
	shownInput: Input | null;
	/** As it is sent, sealed where the rules hide something of it; null for an observed one. */
	sealedInput: string | null;
	/** The version to run; null: what is live. */
	wantedVersion: string | null;
	policy: Policy | null;
	/** Redacted, and cut where it is too large. */
	result: unknown;
	resultTruncated: boolean;
}

/** By the workflow's own webhook, or by the engine itself: our runner in n8n, a start in Temporal. */
export type Route = 'webhook' | 'runner';

export interface Attempt {
	executionId: string;
	number: number;
	/** Null: not known yet. */
	route: Route | null;
	status: 'running' | 'succeeded' | 'failed' | 'canceled' | 'never-started';
	traceparent: string;
	engineExecutionId: string | null;
	message: string | null;
	sentAt: Date;
	finishedAt: Date | null;
}
