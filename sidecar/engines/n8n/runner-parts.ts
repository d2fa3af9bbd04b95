import type { Clock } from '../../kernel/clock';
import { isOrchestrationError } from '../../kernel/errors';
import type { WorkflowDefinitions } from '../port/definitions';
import { createCredential, deleteCredential } from './credential-endpoints';
import type { RunnerState } from './runner-memory';
import { runnerKeyHeader, runnerName } from './runner-workflow';
import type { N8nTransport } from './transport';

interface Tools {
	transport: N8nTransport;
	definitions: WorkflowDefinitions;
	clock: Clock;
	newSecret: () => string;
}
type Keys = Omit<RunnerState, 'workflowId'>;

/** Makes a credential and a path; leaves no credential behind when they do not come into use. */
export async function withNewKeys<T>(tools: Tools, use: (keys: Keys) => Promise<T>): Promise<T> {
	const keys = await newKeys(tools);
	try {
		return await use(keys);
	} catch (error) {
		await deleteCredential(tools.transport, keys.credentialId);
		throw error;
	}
}

async function newKeys({ clock, newSecret, transport }: Tools): Promise<Keys> {
	const secret = newSecret();
	const { id: credentialId } = await createCredential(transport, {
		name: runnerName,
		type: 'httpHeaderAuth',
		data: { name: runnerKeyHeader, value: secret },
	});
	return {
		credentialId,
		path: `orchestration-runner-${newSecret().slice(0, 16)}`,
		secret,
		keyedAt: clock.now().toISOString(),
	};
}

/** Removes what there is of a runner. */
export async function removeRunner(
	{ definitions, transport }: Tools,
	{ workflowId, credentialId }: RunnerState,
): Promise<void> {
	try {
		if ((await definitions.get(workflowId)).live !== null) {
			await definitions.unpublish(workflowId);
		}
		await definitions.remove(workflowId);
	} catch (error) {
		if (!isOrchestrationError(error, 'workflow_not_found')) throw error;
	}
	await deleteCredential(transport, credentialId);
}
