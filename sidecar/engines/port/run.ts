import type { Item } from './execution';
import type { WorkflowContent } from './workflow';

/** How a run is found again after a crash. */
export interface RunSearch {
	workflowId: string;
	/** W3C traceparent, `00-<32 hex>-<16 hex>-<2 hex>`. */
	traceparent: string;
	/** Names the attempt, at most 100 characters; the same again is the same run where the engine holds to it. */
	runKey: string;
}

/** What to run. */
export interface RunRequest extends RunSearch {
	/** Filed under no workflow of the user's, and without what that one remembers; it need not be there. */
	apart?: true;
	/**
	 * A definition: any JSON, filed under `workflowId` in the engine's own list. Null: the code that is
	 * known to the engine as `workflowId`.
	 */
	content: WorkflowContent | null;
	/** What the live workflow remembers, where it was read just now. Absent: it is read. */
	staticData?: unknown;
	/** The node that starts the run; items leave from it. */
	triggerNode: string;
	items: Item[];
}

/** Why a run that is not over does not get on. */
export interface RunTrouble {
	/** A stable name, e.g. NoWorker. */
	name: string;
	message: string;
}

export type RunOutcome =
	/** `value`: what came out where that is no items. */
	| { status: 'success'; executionId: string | null; items: Item[]; value?: unknown }
	/** `crashed`: it was cut off, and nobody knows how far it got. */
	| { status: 'error'; executionId: string | null; message: string; crashed?: boolean }
	/** It goes on; ask `findRun` later. */
	| { status: 'running'; executionId: string; trouble: RunTrouble | null }
	/** The answer did not come; ask `findRun` later. */
	| { status: 'in-doubt' };

/** Where a run begins. */
export interface EntryPoint {
	triggerNode: string;
	/** What leaves the trigger for a payload. */
	itemsOf(payload: unknown): Item[];
	/** Whether a success stays to be found; null: as the instance is set. */
	keepsSuccesses: boolean | null;
	/** Where its callers call it; null: it cannot be called as they do. */
	webhook: {
		method: string;
		path: string;
		answers: 'at-once' | 'at-end' | 'on-the-way';
		/** A good answer means that all of it is done. */
		answerIsEnd: boolean;
	} | null;
}

/** A call of a live workflow by its own entry point. */
export interface CallRequest {
	webhook: NonNullable<EntryPoint['webhook']>;
	payload: unknown;
	/** W3C traceparent; finds the run again. */
	traceparent: string;
}

export type CallOutcome =
	/** All of it is done. */
	| { status: 'ended'; body: unknown }
	/** It runs, or has run. */
	| { status: 'started'; body: unknown }
	| { status: 'failed'; message: string; httpStatus: number }
	/** Nothing was started. `lasting`: the same call will be refused again. */
	| { status: 'refused'; message: string; httpStatus: number; lasting: boolean }
	/** Ask `findCall`. */
	| { status: 'unclear' };

/** Which wait of which execution to end, with what. */
export interface ResumeRequest {
	executionId: string;
	/** The secret that the execution was given for it. */
	token: string;
	/** Sent as JSON to the node that waits. */
	body: unknown;
}

export type ResumeOutcome =
	| { status: 'resumed' }
	/** It runs: it does not wait yet, or an earlier call has woken it. */
	| { status: 'running' }
	/** There is nothing left to wake. */
	| {
			status: 'gone';
			because: 'finished' | 'failed' | 'deleted' | 'moved-on' | 'token-refused';
	  }
	/** The node or the engine would not take it now; ask again. */
	| { status: 'refused'; message: string }
	/** The answer did not come, or several calls met: it may have been resumed. Ask again. */
	| { status: 'in-doubt'; message: string };
