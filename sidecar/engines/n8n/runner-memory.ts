import type { EngineMemory } from '../engine';
import type { RunnerKeys } from './runner-workflow';

/** What must be known to use an installed runner. */
export interface RunnerState extends RunnerKeys {
	workflowId: string;
	/** Whoever has it can run anything on the instance. */
	secret: string;
}

const fields = {
	workflowId: 'runnerWorkflowId',
	credentialId: 'runnerCredentialId',
	path: 'runnerPath',
	secret: 'runnerSecret',
} as const;

/** Null when no runner was installed yet. */
export async function loadRunner(memory: EngineMemory): Promise<RunnerState | null> {
	const known = await memory.load();
	const workflowId = known?.[fields.workflowId];
	const credentialId = known?.[fields.credentialId];
	const path = known?.[fields.path];
	const secret = known?.[fields.secret];
	if (!workflowId || !credentialId || !path || !secret) return null;
	return { workflowId, credentialId, path, secret };
}

export async function saveRunner(memory: EngineMemory, state: RunnerState): Promise<void> {
	await memory.save({
		...(await memory.load()),
		[fields.workflowId]: state.workflowId,
		[fields.credentialId]: state.credentialId,
		[fields.path]: state.path,
		[fields.secret]: state.secret,
	});
}
