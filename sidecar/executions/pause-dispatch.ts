import type { ExecutionStore } from './execution-store';

export interface PausePorts {
	executions: Pick<ExecutionStore, 'pause' | 'resume' | 'pausedSince'>;
	/** Tells the dispatcher that there is work. */
	nudge(): void;
}

export interface PausedWorkflow {
	environment: string;
	/** Id in the environment. */
	workflowId: string;
}

/** From now on work for it is accepted and queued; what runs goes on. Twice is once. */
export async function pauseDispatch(
	{ executions }: PausePorts,
	{ environment, workflowId }: PausedWorkflow,
): Promise<void> {
	await executions.pause(environment, workflowId);
}

export async function resumeDispatch(
	{ executions, nudge }: PausePorts,
	{ environment, workflowId }: PausedWorkflow,
): Promise<void> {
	await executions.resume(environment, workflowId);
	nudge();
}

/** Since when; null: it is not. */
export async function dispatchPaused(
	{ executions }: PausePorts,
	{ environment, workflowId }: PausedWorkflow,
): Promise<Date | null> {
	return await executions.pausedSince(environment, workflowId);
}
