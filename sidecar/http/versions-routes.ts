import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import { diffContents } from '../workflow-versions/diff';
import { toExport } from '../workflow-versions/export-document';
import { importVersion } from '../workflow-versions/import-version';
import { snapshot, type SnapshotPorts } from '../workflow-versions/snapshot';
import type { WorkflowVersion } from '../workflow-versions/version';
import type { VersionStore } from '../workflow-versions/version-store';
import type { Actor } from './authenticate';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import { requireWorkflow } from './version-access';
import {
	diffSchema,
	exampleExport,
	exampleVersion,
	exportSchema,
	versionSchema,
	versionToWire,
	workflowEntrySchema,
} from './version-schemas';
import { environmentName, plainText } from './wire-schemas';

const id = z.uuid();

export const versionInput = z
	.strictObject({
		environment: environmentName,
		workflowId: plainText(200),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'VersionInput' });

const importInput = z
	.strictObject({
		document: z.unknown().meta({ description: 'An export of ours, or a workflow from n8n.' }),
		message: plainText(2000).optional(),
	})
	.meta({ id: 'VersionImport' });

export function versionsRoutes(ports: SnapshotPorts): Route[] {
	const { versions } = ports;
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/versions',
			summary: 'Keep what the editor of an environment shows now as a version',
			description: 'The same content gives the version that is there already.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: versionInput,
			responses: { 201: versionSchema },
			errors: ['environment_not_found', 'workflow_not_found', 'capability_missing'],
			examples: {
				body: { environment: 'dev', workflowId: 'k3XvY0q1mJ8sT2aB', message: 'Send the receipt' },
				response: exampleVersion,
			},
		}).handledBy(async ({ body, actor }) => {
			const version = await snapshot(ports, { ...body, createdBy: actor.name });
			return { status: 201, body: versionToWire(version) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/versions/import',
			summary: 'Take in an exported version',
			description:
				'An export of ours keeps its workflow key; its digest must be that of its content.',
			role: 'operator',
			body: importInput,
			responses: { 201: versionSchema },
			errors: ['workflow_invalid', 'version_digest_mismatch'],
			examples: { body: { document: exampleExport }, response: exampleVersion },
		}).handledBy(async ({ body, actor }) => {
			const version = await importVersion(ports, {
				document: body.document,
				message: body.message ?? null,
				createdBy: actor.name,
			});
			return { status: 201, body: versionToWire(version) };
		}),
		...readRoutes(versions),
	];
}

function readRoutes(versions: VersionStore): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/versions/{id}',
			summary: 'One version',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id }),
			responses: { 200: versionSchema },
			errors: ['version_not_found'],
			examples: { params: { id: exampleVersion.id }, response: exampleVersion },
		}).handledBy(async ({ params, actor }) => {
			return { status: 200, body: versionToWire(await readVersion(versions, actor, params.id)) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/versions/{id}/diff/{otherId}',
			summary: 'What changed from one version to another',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id, otherId: id }),
			responses: { 200: diffSchema },
			errors: ['version_not_found'],
			examples: {
				params: { id: exampleVersion.id, otherId: exampleVersion.id },
				response: {
					from: exampleVersion.id,
					to: exampleVersion.id,
					sameBehaviour: true,
					nodes: [],
					connections: [],
					settings: [],
					text: '',
				},
			},
		}).handledBy(async ({ params, actor }) => {
			const from = await readVersion(versions, actor, params.id);
			const to = await readVersion(versions, actor, params.otherId);
			const diff = diffContents(from.content, to.content);
			return { status: 200, body: { from: from.id, to: to.id, ...diff } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/versions/{id}/export',
			summary: 'One version as a file that n8n can import',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ id }),
			responses: { 200: exportSchema },
			errors: ['version_not_found'],
			examples: { params: { id: exampleVersion.id }, response: exampleExport },
		}).handledBy(async ({ params, actor }) => {
			return { status: 200, body: { ...toExport(await readVersion(versions, actor, params.id)) } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/workflows',
			summary: 'Workflows by their key, with where they live',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({}),
			responses: { 200: pageOf(workflowEntrySchema) },
			examples: {
				response: {
					data: [
						{
							workflowKey: exampleVersion.workflowKey,
							name: 'Order intake',
							latestVersion: 3,
							bindings: { dev: 'k3XvY0q1mJ8sT2aB', production: 'Zq81mPb2R7sT5cVn' },
						},
					],
					nextCursor: null,
				},
			},
		}).handledBy(async ({ query, actor }) => {
			const page = { limit: query.limit + 1, after: query.cursor };
			const rows = await versions.listWorkflows(page, actor.environment);
			return { status: 200, body: toPage(rows, query, (row) => row.workflowKey) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/workflows/{key}/versions',
			summary: 'Versions of a workflow, newest first',
			role: ['viewer', 'node'],
			environment: 'handler',
			params: z.strictObject({ key: plainText(100) }),
			query: pageQuery({}),
			responses: { 200: pageOf(versionSchema) },
			examples: {
				params: { key: exampleVersion.workflowKey },
				response: { data: [exampleVersion], nextCursor: null },
			},
		}).handledBy(async ({ params, query, actor }) => {
			await requireWorkflow(versions, actor, params.key);
			const after = idCursor(query.cursor);
			const rows = await versions.listOf(params.key, { limit: query.limit + 1, after });
			return { status: 200, body: toPage(rows.map(versionToWire), query, (row) => row.id) };
		}),
	];
}

/** @throws version_not_found, forbidden */
async function readVersion(
	versions: VersionStore,
	actor: Actor,
	versionId: string,
): Promise<WorkflowVersion> {
	const version = await versions.find(versionId);
	if (version) {
		await requireWorkflow(versions, actor, version.workflowKey);
		return version;
	}
	throw new OrchestrationError(
		'version_not_found',
		`There is no version ${versionId}. GET /api/v1/workflows/{key}/versions lists those of a workflow.`,
		{ details: { id: versionId } },
	);
}
