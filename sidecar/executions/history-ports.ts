import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import type { HistoryStore } from './history-store';

export interface HistoryPorts {
	history: HistoryStore;
	clock: Clock;
	newId: NewId;
	/** Name of a workflow where we know it without asking for each. */
	nameOf(environment: string, workflowId: string, engine: Engine): Promise<string | null>;
	/** Id of the version of ours that ran. */
	versionThatRan(environment: string, execution: ExecutionDetail): Promise<string | null>;
}

/** Told of an execution that could not be read or kept; others go on. */
export type OnTrouble = (executionId: string, error: unknown) => void;
