import type {
	ExecutionDetail,
	ExecutionGlance,
	ExecutionQuery,
	ExecutionRecord,
	ExecutionStatus,
} from './execution';
import type {
	CallOutcome,
	CallRequest,
	EntryPoint,
	ResumeOutcome,
	ResumeRequest,
	RunOutcome,
	RunRequest,
	RunSearch,
} from './run';
import type { WorkflowContent } from './workflow';

export interface Executions {
	/** Where a run of this content begins; null: it has no trigger. */
	entryOf(content: WorkflowContent): EntryPoint | null;
	/**
	 * Where a run of the code begins that the engine knows under this name. Absent where workflows are
	 * definitions. @throws workflow_invalid for what cannot be a name
	 */
	entryOfCode?(workflow: string): EntryPoint & {
		/** How it is always written, however it was asked for. */
		workflowId: string;
	};
	/** Calls a live workflow and waits for its answer. @throws engine_unreachable when nothing was sent */
	call(request: CallRequest): Promise<CallOutcome>;
	/** The execution that a call has started; null: there is no trace of one. */
	findCall(search: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<ExecutionGlance | null>;
	/** Without what flowed through it. @throws execution_not_found */
	glance(id: string): Promise<ExecutionGlance>;
	/** How an execution ended and what came out of it. @throws execution_not_found */
	outcomeOf(id: string): Promise<RunOutcome>;
	/** Newest first, all pages up to the limit. */
	list(query: ExecutionQuery): Promise<ExecutionRecord[]>;
	/** @throws execution_not_found */
	get(id: string): Promise<ExecutionDetail>;
	/** Runs again from the failed node with the definition that failed, and waits for the end. @throws engine_conflict, execution_not_found */
	retry(id: string): Promise<RunOutcome>;
	/** The retries of an execution started at or after `since`, newest first. */
	retriesOf(id: string, since: Date): Promise<ExecutionRecord[]>;
	stop(id: string): Promise<void>;
	/** Null when the engine knows it no more. */
	statusOf(id: string): Promise<ExecutionStatus | null>;
	/**
	 * Ends the wait of an execution. May take as long as the engine has no room to run it.
	 * @throws engine_unreachable, engine_circuit_open, engine_rate_limited: nothing was resumed
	 */
	resume(request: ResumeRequest): Promise<ResumeOutcome>;
	/** Runs it and waits for the end, or as long as the engine thinks right. */
	run(request: RunRequest): Promise<RunOutcome>;
	/** Stops what a `run` or a `call` with this trace context has started; false: nothing of it runs. */
	stopRun(search: RunSearch & { since: Date }): Promise<boolean>;
	/** What became of a `run` whose answer was lost: null when it never started. */
	findRun(search: RunSearch & { since: Date }): Promise<RunOutcome | null>;
	/**
	 * What began or ended since then without us, oldest first. Absent where ids are numbers that grow:
	 * there `list` with `aboveId` tells.
	 */
	changedSince?(since: Date): Promise<ExecutionRecord[]>;
	/** Whether an execution belongs to the sidecar's own machinery and is not the user's work. */
	isOwn(workflowId: string): boolean;
}
