import type {
	ILoadOptionsFunctions,
	INodeListSearchItems,
	INodeListSearchResult,
} from 'n8n-workflow';

import type { DeadLetter } from '../../sidecar/contract/dead-letters';
import type { Environment, EnvironmentWorkflow } from '../../sidecar/contract/environments';
import type { WorkflowEntry } from '../../sidecar/contract/versions';
import { connectSidecar } from '../shared/sidecar-client';

const MOST_ENTRIES = 1000;
const MOST_LETTERS = 200;

function matching(entries: INodeListSearchItems[], filter = ''): INodeListSearchResult {
	const sought = filter.toLowerCase();
	return { results: entries.filter(({ name }) => name.toLowerCase().includes(sought)) };
}

export async function searchEnvironments(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const sidecar = await connectSidecar(this);
	const environments = await sidecar.list<Environment>('/environments', {}, MOST_ENTRIES);
	return matching(
		environments.map(({ name }) => ({ name, value: name })),
		filter,
	);
}

/** Workflows of the environment chosen in the field above. */
export async function searchWorkflows(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const chosen = this.getCurrentNodeParameter('environment', { extractValue: true });
	const environment = typeof chosen === 'string' ? chosen : '';
	if (environment === '') return { results: [] };
	const sidecar = await connectSidecar(this);
	const path = `/environments/${encodeURIComponent(environment)}/workflows`;
	const workflows = await sidecar.list<EnvironmentWorkflow>(path, {}, MOST_ENTRIES);
	return matching(
		workflows.filter(({ archived }) => !archived).map(({ id, name }) => ({ name, value: id })),
		filter,
	);
}

export async function searchWorkflowKeys(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const sidecar = await connectSidecar(this);
	const workflows = await sidecar.list<WorkflowEntry>('/workflows', {}, MOST_ENTRIES);
	return matching(
		workflows.map(({ name, workflowKey }) => ({ name, value: workflowKey })),
		filter,
	);
}

/** Letters that can still be replayed or discarded, newest first. */
export async function searchDeadLetters(
	this: ILoadOptionsFunctions,
	filter?: string,
): Promise<INodeListSearchResult> {
	const sidecar = await connectSidecar(this);
	const letters = await sidecar.list<DeadLetter>('/dead-letters', {}, MOST_LETTERS);
	return matching(
		letters
			.filter(({ state }) => state !== 'resolved' && state !== 'discarded')
			.map(({ id, workflowName, workflowId, error, createdAt }) => ({
				name: `${workflowName ?? workflowId}: ${error.message.slice(0, 60)} (${createdAt.slice(0, 16).replace('T', ' ')})`,
				value: id,
			})),
		filter,
	);
}
