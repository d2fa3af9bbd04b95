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

/** What became of a pause or a resume. */
export interface DispatchState extends PausedWorkflow {
	/** Null: it is sent. */
	pausedSince: Date | null;
}

/** Pauses or resumes, and says how it stands then. */
export async function setDispatch(
	ports: PausePorts,
	workflow: PausedWorkflow,
	to: 'paused' | 'sent',
): Promise<DispatchState> {
	await (to === 'paused' ? pauseDispatch(ports, workflow) : resumeDispatch(ports, workflow));
	return { ...workflow, pausedSince: await dispatchPaused(ports, workflow) };
}

/** Since when; null: it is not. */
export async function dispatchPaused(
	{ executions }: PausePorts,
	{ environment, workflowId }: PausedWorkflow,
): Promise<Date | null> {
	return await executions.pausedSince(environment, workflowId);
}
