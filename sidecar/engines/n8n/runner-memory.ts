import type { EngineMemory } from '../port/connection';
import type { RunnerKeys } from './runner-workflow';

/** What must be known to use an installed runner. */
export interface RunnerState extends RunnerKeys {
	workflowId: string;
	/** Whoever has it can run anything on the instance. */
	secret: string;
	/** When path and secret were made, as an ISO date-time. */
	keyedAt: string;
}

const fields = {
	workflowId: 'runnerWorkflowId',
	credentialId: 'runnerCredentialId',
	path: 'runnerPath',
	secret: 'runnerSecret',
	keyedAt: 'runnerKeyedAt',
} as const satisfies Record<keyof RunnerState, string>;

/** Null when no runner was installed yet. */
export async function loadRunner(memory: EngineMemory): Promise<RunnerState | null> {
	const known = (await memory.load()) ?? {};
	const workflowId = known[fields.workflowId];
	const credentialId = known[fields.credentialId];
	const path = known[fields.path];
	const secret = known[fields.secret];
	const keyedAt = known[fields.keyedAt];
	if (!workflowId || !credentialId || !path || !secret || !keyedAt) return null;
	return { workflowId, credentialId, path, secret, keyedAt };
}

export async function saveRunner(memory: EngineMemory, state: RunnerState): Promise<void> {
	const entries = (Object.keys(fields) as Array<keyof RunnerState>).map((field) => [
		fields[field],
		state[field],
	]);
	await memory.save({ ...(await memory.load()), ...Object.fromEntries(entries) });
}
