import { z } from 'zod';
import type { EnvironmentWorkflow } from '../contract/environments';
import { revisionOf } from '../direct-changes/revision';
import type { WorkflowDefinitions } from '../engines/port/definitions';
import { requireDefinitions } from '../engines/port/engine';
import type { WorkflowSummary } from '../engines/port/workflow';
import type { EngineOf } from '../environments/check-environment';
import { findEnvironment } from '../environments/find-environment';
import type { EnvironmentStore } from '../environments/environment-store';
import type { Binding } from '../workflow-versions/version';
import { pageOf, pageOfAll, pageQuery } from './paging';
import { type Route, defineRoute } from './route';
import { environmentName, plainText } from './wire-schemas';

export interface EnvironmentWorkflowsDependencies {
	store: Pick<EnvironmentStore, 'find'>;
	engineOf: EngineOf;
	bindingsIn(environment: string): Promise<Binding[]>;
}

export const environmentWorkflowSchema = z
	.strictObject({
		id: z.string(),
		name: z.string(),
		active: z.boolean(),
		archived: z.boolean(),
		updatedAt: z.string(),
		tags: z.array(z.string()),
		workflowKey: z.string().nullable(),
	})
	.meta({ id: 'EnvironmentWorkflow' });

const workflowDetailSchema = environmentWorkflowSchema
	.extend({
		draftVersionId: z.string().nullable(),
		/** Null when not published. */
		liveVersionId: z.string().nullable(),
		/** What a change of it is based on. */
		revision: z.string(),
		content: z.looseObject({
			name: z.string(),
			nodes: z.array(z.unknown()),
			connections: z.record(z.string(), z.unknown()),
			settings: z.record(z.string(), z.unknown()),
		}),
	})
	.meta({
		id: 'EnvironmentWorkflowDetail',
		description: 'With the draft, as the editor shows it.',
	});

const example: EnvironmentWorkflow = {
	id: 'k3XvY0q1mJ8sT2aB',
	name: 'Order intake',
	active: true,
	archived: false,
	updatedAt: '2031-04-01T12:00:00.000Z',
	tags: ['orders'],
	workflowKey: 'order-intake-0198c0de',
};

export function environmentWorkflowsRoutes(
	dependencies: EnvironmentWorkflowsDependencies,
): Route[] {
	const { bindingsIn } = dependencies;
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{environment}/workflows',
			summary: 'Workflows of an environment, by id',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.environment,
			params: z.strictObject({ environment: environmentName }),
			query: pageQuery({ name: plainText(200).optional() }),
			responses: { 200: pageOf(environmentWorkflowSchema) },
			errors: ['environment_not_found', 'capability_missing', 'engine_unreachable'],
			examples: {
				params: { environment: 'production' },
				response: { data: [example], nextCursor: null },
			},
		}).handledBy(async ({ params: { environment }, query }) => {
			const definitions = await definitionsOf(dependencies, environment);
			const [workflows, bindings] = await Promise.all([
				definitions.list(),
				bindingsIn(environment),
			]);
			const keys = keysOf(bindings);
			const called = query.name?.toLowerCase() ?? '';
			const asked = workflows.filter(({ name }) => name.toLowerCase().includes(called));
			const page = pageOfAll(asked, query, (workflow) => workflow.id);
			const data = page.data.map((workflow) => toWire(workflow, keys));
			return { status: 200, body: { ...page, data } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{environment}/workflows/{id}',
			summary: 'One workflow of an environment, with its draft',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.environment,
			params: z.strictObject({ environment: environmentName, id: plainText(200) }),
			responses: { 200: workflowDetailSchema },
			errors: [
				'environment_not_found',
				'workflow_not_found',
				'capability_missing',
				'engine_unreachable',
			],
			examples: {
				params: { environment: 'production', id: example.id },
				response: {
					...example,
					draftVersionId: '1f0e',
					liveVersionId: '1f0e',
					revision: '1f0e.4f53cda18c2baa0c.9e107d9d372bb682.1f0e',
					content: { name: example.name, nodes: [], connections: {}, settings: {} },
				},
			},
		}).handledBy(async ({ params: { environment, id } }) => {
			const definitions = await definitionsOf(dependencies, environment);
			const [workflow, bindings] = await Promise.all([
				definitions.get(id),
				bindingsIn(environment),
			]);
			const summary: WorkflowSummary = {
				id: workflow.id,
				name: workflow.content.name,
				active: workflow.live !== null,
				archived: workflow.archived,
				draftVersionId: workflow.draftVersionId,
				liveVersionId: workflow.live?.versionId ?? null,
				updatedAt: workflow.updatedAt,
				tags: workflow.tags.map((tag) => tag.name),
			};
			const { draftVersionId, liveVersionId } = summary;
			return {
				status: 200,
				body: {
					...toWire(summary, keysOf(bindings)),
					draftVersionId,
					liveVersionId,
					revision: revisionOf(workflow),
					content: { ...workflow.content },
				},
			};
		}),
	];
}

async function definitionsOf(
	{ store, engineOf }: EnvironmentWorkflowsDependencies,
	environment: string,
): Promise<WorkflowDefinitions> {
	await findEnvironment(store, environment);
	return requireDefinitions(await engineOf(environment), environment);
}

function keysOf(bindings: Binding[]): Map<string, string> {
	return new Map(bindings.map(({ workflowId, workflowKey }) => [workflowId, workflowKey]));
}

function toWire(workflow: WorkflowSummary, keys: Map<string, string>): EnvironmentWorkflow {
	const { id, name, active, archived, updatedAt, tags } = workflow;
	return { id, name, active, archived, updatedAt, tags, workflowKey: keys.get(id) ?? null };
}
