import type { ErrorClass } from '../dead-letters/dead-letter';
import type {
	Attempt,
	Execution,
	ExecutionError,
	ExecutionSummary,
	Origin,
	Outcome,
	Route,
	Status,
} from './execution';

export interface ExecutionFilter {
	environment?: string;
	workflowId?: string;
	status?: Status;
	outcome?: Outcome;
	origin?: Origin;
	errorClass?: ErrorClass;
	failedNode?: string;
	versionId?: string;
	tenant?: string;
	groupId?: string;
	engineExecutionId?: string;
	idempotencyKey?: string;
	/** Part of the workflow's name or of the error's message. */
	search?: string;
	acceptedFrom?: Date;
	acceptedBefore?: Date;
}

export interface Accepted {
	execution: Execution;
	/** Digest of the input it was accepted with. */
	inputDigest: string | null;
	created: boolean;
	/** Not null: it was taken as it was written, and whoever asked for that has it under way. */
	claim: ExecutionClaim | null;
}

export interface ExecutionRequest extends Execution {
	/** Or its key, where it is bound in the environment. */
	workflowId: string;
	inputDigest: string;
	group: { id: string; atOnce: number } | null;
}

/** A claim on an execution; whoever writes under an older fence is told no. */
export interface ExecutionClaim {
	execution: Execution;
	attempt: Attempt;
	fence: number;
}

export interface ClaimOrder {
	/** Names this process. */
	owner: string;
	ttlMs: number;
	/** How many may be sent to an environment; one that is not named may have `otherwise`. */
	slots: ReadonlyMap<string, number>;
	otherwise: number;
	newTraceparent(): string;
}

/** Which of those that are accepted may be under way at once, without a turn in the queue. */
export interface StartOrder extends Pick<ClaimOrder, 'owner' | 'ttlMs'> {
	/** By id of the execution, the trace context of its first attempt. */
	traces: ReadonlyMap<string, string>;
}

/** What is written after an attempt, or a look. */
export type ExecutionStep =
	/** Was not sent; the attempt does not count. */
	| { to: 'deferred'; at: Date }
	/** To be tried again. */
	| { to: 'queued'; at: Date; failure: Failure; attempt: Attempt['status'] }
	/** Goes on in the engine without a call of ours. */
	| {
			to: 'followed';
			status: 'running' | 'waiting' | 'in-doubt';
			lookAt: Date;
			result?: Result;
			/** Why it does not get on. */
			failure?: Failure;
	  }
	| { to: 'succeeded'; result: Result | null }
	| {
			to: 'failed';
			outcome: Exclude<Outcome, 'success' | 'canceled'>;
			failure: Failure;
			letterId: string | null;
	  }
	| { to: 'canceled' };

export interface Failure {
	error: ExecutionError;
	errorClass: ErrorClass;
}

export interface Result {
	value: unknown;
	truncated: boolean;
}

/** Learnt on the way. */
export interface Learnt {
	route?: Route | null;
	engineExecutionId?: string | null;
	workflowName?: string | null;
	versionId?: string | null;
	/** Nobody is to be told that it is settled. */
	told?: boolean;
}

/** An execution and its attempt as a step has left them. */
export interface Stepped {
	execution: Execution;
	attempt: Attempt;
}

/** Port of the ledger's queue. Storage implements it; leases use the database's clock. */
export interface ExecutionStore {
	/**
	 * All or none, in one transaction. Those of `start` are claimed by the same statement unless others
	 * wait in their environment, their workflow is paused, or their tenant has a quota.
	 * @throws environment_not_found
	 */
	accept(requests: ExecutionRequest[], start?: StartOrder): Promise<Accepted[]>;
	find(id: string): Promise<Execution | null>;
	/** Newest first. */
	list(
		filter: ExecutionFilter,
		page: { limit: number; after: string | null },
	): Promise<ExecutionSummary[]>;
	attemptsOf(id: string): Promise<Attempt[]>;

	/** Whether anything is due, be there a place for it or not. */
	isDue(): Promise<boolean>;
	/** Takes what may be sent now, fairly, and writes down an attempt for each. */
	claim(order: ClaimOrder): Promise<ExecutionClaim[]>;
	/** Keeps what this process has under way. */
	renew(owner: string, ttlMs: number): Promise<void>;
	/** Takes what somebody has to look at: no lease, or one that ran out. */
	claimLooks(owner: string, ttlMs: number, limit: number): Promise<ExecutionClaim[]>;
	/** Queued, and their deadline is over. */
	claimOverdue(owner: string, ttlMs: number, limit: number): Promise<ExecutionClaim[]>;
	/** Null: somebody else has it now, and nothing was written. */
	step(
		claim: ExecutionClaim,
		step: ExecutionStep,
		learnt: Learnt,
		at: Date,
	): Promise<Stepped | null>;
	/** When the next is due or to be looked at, in milliseconds from now; null: nothing is. */
	nextIn(): Promise<number | null>;

	/** Cancels one that is queued; asks for it when it is under way. Null: it is settled. */
	cancel(id: string, at: Date): Promise<Execution | null>;
	/** Under way, and to be stopped: canceled, or their deadline is over. */
	toStop(limit: number): Promise<Execution[]>;

	/** Settled, and the hooks have not all been told. */
	untold(settledBefore: Date, limit: number): Promise<Execution[]>;
	markTold(ids: string[]): Promise<void>;

	pause(environment: string, workflowId: string): Promise<void>;
	resume(environment: string, workflowId: string): Promise<void>;
	pausedSince(environment: string, workflowId: string): Promise<Date | null>;

	/** Names the letter that was kept of one that has failed. */
	nameLetter(id: string, letterId: string): Promise<void>;

	/** Whether a run with this trace context was started by us. */
	startedByUs(traceparent: string): Promise<boolean>;
	/** The attempt with this trace context was cut off: the engine is asked before all others. */
	lookAtCrashed(environment: string, traceparent: string): Promise<void>;
	/** The engine has it no more. One whose call is still open is left to the call. */
	lookAtGone(environment: string, engineExecutionId: string): Promise<void>;
	/** Settled before; hooks told. @returns how many went */
	purge(settledBefore: Date, limit: number): Promise<number>;
	queueDepth(): Promise<Array<{ environment: string; queued: number; oldestDueSeconds: number }>>;
	countsOf(groupId: string): Promise<Partial<Record<Status, number>>>;
}
