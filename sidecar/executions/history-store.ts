import type { ErrorClass } from '../dead-letters/dead-letter';
import type { ExecutionError, Outcome, Status } from './execution';

/** An execution as a list of the engine shows it. */
export interface Observed {
	/** For our row, if it gets one. */
	id: string;
	workflowId: string;
	workflowName: string | null;
	engineExecutionId: string;
	mode: string;
	status: Status;
	outcome: Outcome | null;
	startedAt: Date;
	finishedAt: Date | null;
}

export interface HistoryPosition {
	source: string;
	startId: string;
	floorId: string;
}

/** May be one of ours: work of ours was sent to this workflow at about that time, and its id is not known. */
export interface Provisional {
	id: string;
	workflowId: string;
	engineExecutionId: string;
	mode: string | null;
}

export interface Examined {
	workflowName: string | null;
	error: ExecutionError | null;
	errorClass: ErrorClass | null;
	versionId: string | null;
}

/** Port of what the engines ran without us. Storage implements it. */
export interface HistoryStore {
	loadPosition(environment: string): Promise<(HistoryPosition & { lookedAt: Date }) | null>;
	savePosition(environment: string, position: HistoryPosition, at: Date): Promise<void>;
	/** Adds what is new and brings the rest up to date; what is known to be ours is left out. */
	observe(environment: string, observed: Observed[]): Promise<void>;
	/** Ids in the engine of what was not over at the last look. */
	open(environment: string, limit: number): Promise<string[]>;
	provisional(environment: string, limit: number): Promise<Provisional[]>;
	/** It is the run that an attempt of ours with this trace context has started; false: none of ours. */
	claimForOurs(provisional: Provisional, traceparent: string | null): Promise<boolean>;
	/** Removes those that turned out to be ours, and shows those that cannot be any more. */
	settleProvisional(environment: string): Promise<void>;
	/** It was not ours. */
	reveal(id: string): Promise<void>;
	/** The engine does not have it any more. */
	forget(environment: string, engineExecutionId: string): Promise<void>;
	/** Ended badly, and nobody has read why. */
	unexamined(environment: string, limit: number): Promise<string[]>;
	examined(
		environment: string,
		execution: { workflowId: string; engineExecutionId: string },
		what: Examined,
	): Promise<void>;
}
