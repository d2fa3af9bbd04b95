import { z } from 'zod';
import { readPages } from './paging';
import type { N8nTransport } from './transport';

const node = z.looseObject({ name: z.string(), type: z.string() });
const target = z.looseObject({ node: z.string(), type: z.string(), index: z.number() });
const connections = z.record(z.string(), z.record(z.string(), z.array(z.array(target).nullable())));

export const graphWire = z.looseObject({
	nodes: z.array(node),
	connections,
	nodeGroups: z.array(z.unknown()).nullish(),
});
export type GraphWire = z.infer<typeof graphWire>;

const publication = z.looseObject({
	id: z.number(),
	event: z.string(),
	createdAt: z.string(),
});

const workflowWire = graphWire.extend({
	id: z.string(),
	name: z.string(),
	active: z.boolean().nullish(),
	isArchived: z.boolean().nullish(),
	description: z.string().nullish(),
	settings: z.record(z.string(), z.unknown()).nullish(),
	staticData: z.unknown().optional(),
	pinData: z.unknown().optional(),
	versionId: z.string().nullish(),
	versionCounter: z.number().nullish(),
	/** Absent in versions of n8n that know no drafts. */
	activeVersionId: z.string().nullish(),
	activeVersion: graphWire
		.extend({ workflowPublishHistory: z.array(publication).nullish() })
		.nullish(),
	updatedAt: z.string().nullish(),
	tags: z.array(z.looseObject({ id: z.string(), name: z.string() })).nullish(),
});
export type WorkflowWire = z.infer<typeof workflowWire>;

const historyWire = z.looseObject({
	versionId: z.string(),
	authors: z.string().nullish(),
	createdAt: z.string(),
});

const root = '/api/v1/workflows';
const pathOf = (id: string): string => `${root}/${encodeURIComponent(id)}`;
const subject = (id: string): string => `workflow "${id}"`;

export async function listWorkflows(transport: N8nTransport): Promise<WorkflowWire[]> {
	return await readPages(
		transport,
		{
			method: 'GET',
			path: root,
			query: { excludePinnedData: true },
			meaning: { scope: 'workflow:list' },
		},
		workflowWire,
	);
}

export async function getWorkflow(transport: N8nTransport, id: string): Promise<WorkflowWire> {
	return await transport.json(
		{
			method: 'GET',
			path: pathOf(id),
			meaning: { notFound: 'workflow_not_found', subject: subject(id), scope: 'workflow:read' },
		},
		workflowWire,
	);
}

export async function createWorkflow(
	transport: N8nTransport,
	body: Record<string, unknown>,
): Promise<WorkflowWire> {
	return await transport.json(
		{
			method: 'POST',
			path: root,
			body,
			meaning: {
				rejected: 'workflow_invalid',
				subject: 'the new workflow',
				scope: 'workflow:create',
			},
		},
		workflowWire,
	);
}

/** Saves the draft; what is live stays. */
export async function updateWorkflow(
	transport: N8nTransport,
	id: string,
	body: Record<string, unknown>,
): Promise<WorkflowWire> {
	return await transport.json(
		{
			method: 'PUT',
			path: pathOf(id),
			query: { publishIfActive: false },
			body,
			meaning: {
				notFound: 'workflow_not_found',
				rejected: 'workflow_invalid',
				subject: subject(id),
				scope: 'workflow:update',
			},
		},
		workflowWire,
	);
}

export async function publishWorkflow(
	transport: N8nTransport,
	id: string,
	versionId: string,
): Promise<WorkflowWire> {
	return await transport.json(
		{
			method: 'POST',
			path: `${pathOf(id)}/publish`,
			body: { versionId },
			meaning: {
				notFound: 'workflow_not_found',
				rejected: 'workflow_invalid',
				subject: `version "${versionId}" of ${subject(id)}`,
				scope: 'workflow:activate',
			},
		},
		workflowWire,
	);
}

export async function unpublishWorkflow(transport: N8nTransport, id: string): Promise<void> {
	await transport.accepted({
		method: 'POST',
		path: `${pathOf(id)}/unpublish`,
		meaning: {
			notFound: 'workflow_not_found',
			subject: subject(id),
			scope: 'workflow:deactivate',
		},
	});
}

/** n8n refuses a published one (engine_conflict). */
export async function deleteWorkflow(transport: N8nTransport, id: string): Promise<void> {
	await transport.accepted({
		method: 'DELETE',
		path: pathOf(id),
		meaning: { notFound: 'workflow_not_found', subject: subject(id), scope: 'workflow:delete' },
	});
}

/** Replaces all of them. */
export async function setWorkflowTags(
	transport: N8nTransport,
	id: string,
	tagIds: string[],
): Promise<void> {
	await transport.accepted({
		method: 'PUT',
		path: `${pathOf(id)}/tags`,
		body: tagIds.map((tagId) => ({ id: tagId })),
		meaning: { notFound: 'workflow_not_found', subject: subject(id), scope: 'workflowTags:update' },
	});
}

export async function listHistory(
	transport: N8nTransport,
	id: string,
): Promise<Array<z.infer<typeof historyWire>>> {
	return await readPages(
		transport,
		{
			method: 'GET',
			path: `${pathOf(id)}/history`,
			meaning: { notFound: 'workflow_not_found', subject: subject(id), scope: 'workflow:read' },
		},
		historyWire.transform((entry) => ({ ...entry, id: entry.versionId })),
	);
}

export async function getVersion(
	transport: N8nTransport,
	id: string,
	versionId: string,
): Promise<GraphWire> {
	return await transport.json(
		{
			method: 'GET',
			path: `${pathOf(id)}/versions/${encodeURIComponent(versionId)}`,
			meaning: {
				notFound: 'version_not_found',
				subject: `version "${versionId}" of ${subject(id)}`,
				scope: 'workflow:read',
			},
		},
		graphWire,
	);
}
