import type { Ledger } from '../../support/executions/stage';
import type { Supplier } from '../../support/dead-letters/supplier';
import type { Operator } from '../../support/sidecar/operator';
import type { SidecarProcess } from '../../support/sidecar/sidecar-process';

/** One engine under test, behind a real sidecar. */
export interface EngineStage {
	/** Name of its environment in the sidecar. */
	environment: string;
	sidecar: SidecarProcess;
	operator: Operator;
	ledger: Ledger;
	supplier: Supplier;
	/** A workflow that calls this desk of the supplier and gives its answer. */
	calling(desk: string): Promise<string>;
	/** Starts it past the sidecar. */
	startByOthers(workflow: string, desk: string): Promise<void>;
	/** Whether it runs in the engine. */
	isRunning(engineExecutionId: string): Promise<boolean>;
	/** What runs the workflows dies, as in a power cut. */
	killWorker(): Promise<void>;
	startWorker(): Promise<void>;
	/** How a run ends whose worker died: another one takes over, or nobody knows how far it got. */
	afterCrash: 'succeeded' | 'failed';
	/** The engine itself dies. */
	killEngine(): Promise<void>;
	startEngine(): Promise<void>;
	stop(): Promise<void>;
}
