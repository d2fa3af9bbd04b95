import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import { diffContents } from '../workflow-versions/diff';
import { toExport } from '../workflow-versions/export-document';
import { importVersion } from '../workflow-versions/import-version';
import { snapshot, type SnapshotPorts } from '../workflow-versions/snapshot';
import { originOf, type WorkflowVersion } from '../workflow-versions/version';
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

const labelName = z.string().regex(/^[A-Za-z0-9][\w.:/-]{0,62}$/, {
	error: 'expected 1 to 63 letters, digits or . _ : / -, the first a letter or digit',
});

export const labelsInput = z
	.strictObject({ labels: z.array(labelName).max(50) })
	.meta({ id: 'VersionLabels' });

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
			description:
				'The same content gives the version that is there already; what was promoted there and not changed since is the version that was promoted.',
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
			return { status: 201, body: versionToWire(await itself(versions, version)) };
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
		...readRoutes(ports),
	];
}

function readRoutes({ versions, clock }: SnapshotPorts): Route[] {
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
			const version = await readVersion(versions, actor, params.id);
			return { status: 200, body: versionToWire(await itself(versions, version)) };
		}),
		defineRoute({
			method: 'put',
			path: '/api/v1/versions/{id}/labels',
			summary: 'Give a version labels, in place of those it has',
			role: 'operator',
			params: z.strictObject({ id }),
			body: labelsInput,
			responses: { 200: versionSchema },
			errors: ['version_not_found'],
			examples: {
				params: { id: exampleVersion.id },
				body: { labels: ['stable'] },
				response: exampleVersion,
			},
		}).handledBy(async ({ params, body, actor }) => {
			const version = await readVersion(versions, actor, params.id);
			const { id: labelled } = originOf(version);
			const labels = [...new Set(body.labels)].sort();
			await versions.setLabels(labelled, labels, actor.name, clock.now());
			return { status: 200, body: versionToWire(await readVersion(versions, actor, labelled)) };
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
			description:
				'With the ids of where it was taken; `environment` gives it with the ids of another where it was promoted to.',
			params: z.strictObject({ id }),
			query: z.strictObject({ environment: environmentName.optional() }),
			responses: { 200: exportSchema },
			errors: ['version_not_found'],
			examples: { params: { id: exampleVersion.id }, response: exampleExport },
		}).handledBy(async ({ params, query: { environment }, actor }) => {
			const version = await readVersion(versions, actor, params.id);
			const exported = environment ? await formIn(versions, version, environment) : version;
			return { status: 200, body: { ...toExport(exported) } };
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
			query: pageQuery({ label: labelName.optional() }),
			responses: { 200: pageOf(versionSchema) },
			examples: {
				params: { key: exampleVersion.workflowKey },
				response: { data: [exampleVersion], nextCursor: null },
			},
		}).handledBy(async ({ params, query, actor }) => {
			await requireWorkflow(versions, actor, params.key);
			const after = idCursor(query.cursor);
			const page = { limit: query.limit + 1, after };
			const rows = await versions.listNumbered(params.key, page, query.label);
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

/** A form is shown as the version that it is a form of. */
async function itself(
	versions: Pick<VersionStore, 'find'>,
	version: WorkflowVersion,
): Promise<WorkflowVersion> {
	return (version.origin && (await versions.find(version.origin.id))) ?? version;
}

/** @throws version_not_found */
async function formIn(
	versions: Pick<VersionStore, 'findIn'>,
	version: WorkflowVersion,
	environment: string,
): Promise<WorkflowVersion> {
	const form = await versions.findIn(originOf(version).id, environment);
	if (form) return form;
	throw new OrchestrationError(
		'version_not_found',
		`Version ${version.number} of ${version.workflowKey} was neither taken in ${environment} nor promoted to it. Leave out environment for the version as it was taken.`,
		{ details: { id: version.id, environment } },
	);
}
