import type { N8nConnection } from './n8n-connection';
import { expectOk } from './n8n-requests';
import type { StoredWorkflow } from './workflow-runs';

export interface FullWorkflow extends StoredWorkflow {
	versionCounter: number;
	staticData: unknown;
	description: string | null;
	activeVersion: { versionId: string; nodes: StoredWorkflow['nodes'] } | null;
}

export async function read(n8n: N8nConnection, id: string): Promise<FullWorkflow> {
	return expectOk(`show workflow ${id}`, await n8n.api<FullWorkflow>(`/workflows/${id}`));
}

export async function named(n8n: N8nConnection, name: string): Promise<FullWorkflow[]> {
	const { data } = expectOk(
		`find ${name}`,
		await n8n.api<{ data: FullWorkflow[] }>(`/workflows?name=${encodeURIComponent(name)}`),
	);
	// n8n finds parts of names too.
	return data.filter((workflow) => workflow.name === name);
}

/** As a person with the editor open would: nodes, name or settings, not published. */
export async function edit(
	n8n: N8nConnection,
	id: string,
	change: (workflow: StoredWorkflow) => Partial<StoredWorkflow>,
): Promise<FullWorkflow> {
	const stored = await read(n8n, id);
	const { name, nodes, connections, settings } = { ...stored, ...change(stored) };
	return expectOk(
		`save workflow ${id}`,
		await n8n.api<FullWorkflow>(`/workflows/${id}?publishIfActive=false`, {
			method: 'PUT',
			body: { name, nodes, connections, settings },
		}),
	);
}
