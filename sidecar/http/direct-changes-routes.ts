import { z } from 'zod';
import { deleteWorkflow } from '../direct-changes/delete-workflow';
import type { DirectPorts } from '../direct-changes/direct-ports';
import { pauseWorkflow, resumeWorkflow } from '../direct-changes/pause-workflow';
import { restoreWorkflow } from '../direct-changes/restore-workflow';
import { createWorkflow, updateWorkflow } from '../direct-changes/write-workflow';
import type { DispatchState } from '../executions/pause-dispatch';
import type { ErrorCode } from '../kernel/errors';
import { checkedContent } from '../workflow-versions/content-check';
import {
	creationInput,
	deletedSchema,
	deletedToWire,
	deletionQuery,
	dispatchSchema,
	dispatchToWire,
	environmentPath,
	exampleDeleted,
	exampleState,
	pausedSchema,
	pausedToWire,
	pauseInput,
	restoreInput,
	resumeInput,
	stateSchema,
	stateToWire,
	updateInput,
	workflowPath,
} from './direct-change-schemas';
import { idCursor } from './id-cursor';
import { pageOf, pageOfAll, pageQuery, toPage } from './paging';
import { defineRoute, type Route } from './route';

const all = '/api/v1/environments/{environment}/workflows';
const one = `${all}/{id}`;

const refusals: ErrorCode[] = [
	'environment_not_found',
	'environment_protected',
	'promotion_environment_busy',
	'capability_missing',
	'engine_unreachable',
];
const ofOne: ErrorCode[] = [...refusals, 'workflow_not_found', 'workflow_busy'];

const exampleContent = {
	name: exampleState.name,
	nodes: [],
	connections: {},
	settings: { executionOrder: 'v1' },
};
const byId = { environment: 'production', id: exampleState.id };

export interface CodeDispatch {
	/**
	 * Pauses or resumes the sending of work for a workflow that is code; null: it is a definition, which
	 * is unpublished and published instead. @throws environment_not_found, workflow_invalid
	 */
	setCodeDispatch(
		environment: string,
		workflowId: string,
		to: 'paused' | 'sent',
	): Promise<DispatchState | null>;
}

/** Changes of workflows past the promotions, with the same care. */
export function directChangesRoutes(ports: DirectPorts & CodeDispatch): Route[] {
	return [...writingRoutes(ports), ...pausingRoutes(ports), ...deletingRoutes(ports)];
}

function writingRoutes(ports: DirectPorts): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: all,
			summary: 'Create a workflow in an environment',
			description:
				'It stays a draft unless `publish` is true; then it is published and seen live, or removed again.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: environmentPath,
			body: creationInput,
			responses: { 201: stateSchema },
			errors: [...refusals, 'workflow_invalid', 'engine_conflict', 'workflow_not_settled'],
			examples: {
				params: { environment: 'dev' },
				body: { content: exampleContent },
				response: { ...exampleState, active: false, liveVersionId: null },
			},
		}).handledBy(async ({ params: { environment }, body, actor }) => {
			const { workflow, ...versions } = await createWorkflow(ports, {
				environment,
				content: checkedContent(body.content),
				publish: body.publish,
				message: body.message ?? null,
				breakGlass: body.breakGlass ?? null,
				actor: actor.name,
			});
			const key = await ports.versions.findKey(environment, workflow.id);
			return { status: 201, body: stateToWire(workflow, key, versions) };
		}),
		defineRoute({
			method: 'put',
			path: one,
			summary: 'Replace the draft of a workflow',
			description:
				'Refused when the workflow is not as it was at `basedOn` any more; the answer names what moved ' +
				'and who. Nothing is published unless `publish` is true; then exactly this draft is.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: workflowPath,
			body: updateInput,
			responses: { 200: stateSchema },
			errors: [
				...ofOne,
				'workflow_edited',
				'workflow_invalid',
				'workflow_paused',
				'engine_conflict',
				'workflow_not_settled',
			],
			examples: {
				params: byId,
				body: { basedOn: exampleState.revision, content: exampleContent, publish: true },
				response: exampleState,
			},
		}).handledBy(async ({ params: { environment, id }, body, actor, note }) => {
			const { workflow, ...versions } = await updateWorkflow(ports, {
				environment,
				workflowId: id,
				content: checkedContent(body.content),
				basedOn: body.basedOn,
				publish: body.publish,
				message: body.message ?? null,
				breakGlass: body.breakGlass ?? null,
				actor: actor.name,
			});
			note(versions);
			const key = await ports.versions.findKey(environment, id);
			return { status: 200, body: stateToWire(workflow, key, versions) };
		}),
	];
}

function pausingRoutes(ports: DirectPorts & CodeDispatch): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{environment}/paused-workflows',
			summary: 'Workflows that were paused, by id',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.environment,
			params: environmentPath,
			query: pageQuery({}),
			responses: { 200: pageOf(pausedSchema) },
			examples: { params: { environment: 'production' }, response: { data: [], nextCursor: null } },
		}).handledBy(async ({ params: { environment }, query }) => {
			const rows = await ports.changes.pausedIn(environment);
			const page = pageOfAll(rows, query, ({ workflowId }) => workflowId);
			return { status: 200, body: { ...page, data: page.data.map(pausedToWire) } };
		}),
		defineRoute({
			method: 'post',
			path: `${one}/pause`,
			summary: 'Take a workflow out of service and remember what was live',
			description:
				'Answered when its webhooks are seen to be gone. One that live workflows call is refused ' +
				'unless `force` is true. Pausing a paused one changes nothing. Where workflows are code ' +
				'(Temporal), work for it is accepted and waits.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: workflowPath,
			body: pauseInput,
			responses: { 200: z.union([stateSchema, dispatchSchema]) },
			errors: [
				...ofOne,
				'workflow_not_published',
				'workflow_in_use',
				'workflow_edited',
				'workflow_not_settled',
			],
			examples: {
				params: byId,
				body: { reason: 'the supplier is down' },
				response: { ...exampleState, active: false, liveVersionId: null },
			},
		}).handledBy(async ({ params: { environment, id }, body, actor, note }) => {
			const code = await ports.setCodeDispatch(environment, id, 'paused');
			if (code) return { status: 200, body: dispatchToWire(code) };
			const { workflow, paused } = await pauseWorkflow(ports, {
				environment,
				workflowId: id,
				reason: body?.reason ?? null,
				force: body?.force ?? false,
				breakGlass: body?.breakGlass ?? null,
				actor: actor.name,
			});
			note({ paused: paused.liveVersionId });
			const key = await ports.versions.findKey(environment, id);
			const versions = { previousVersionId: paused.kept };
			return { status: 200, body: stateToWire(workflow, key, versions) };
		}),
		defineRoute({
			method: 'post',
			path: `${one}/resume`,
			summary: 'Publish exactly what was live when a workflow was paused',
			description:
				'Answered when it is seen live. An edit made meanwhile stays an unpublished draft.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: workflowPath,
			body: resumeInput,
			responses: { 200: z.union([stateSchema, dispatchSchema]) },
			errors: [
				...ofOne,
				'workflow_not_paused',
				'workflow_edited',
				'engine_conflict',
				'workflow_not_settled',
			],
			examples: { params: byId, body: {}, response: exampleState },
		}).handledBy(async ({ params: { environment, id }, body, actor, note }) => {
			const code = await ports.setCodeDispatch(environment, id, 'sent');
			if (code) return { status: 200, body: dispatchToWire(code) };
			const { workflow } = await resumeWorkflow(ports, {
				environment,
				workflowId: id,
				breakGlass: body?.breakGlass ?? null,
				actor: actor.name,
			});
			note({ live: workflow.live?.versionId ?? null });
			const key = await ports.versions.findKey(environment, id);
			return { status: 200, body: stateToWire(workflow, key) };
		}),
	];
}

function deletingRoutes(ports: DirectPorts): Route[] {
	return [
		defineRoute({
			method: 'delete',
			path: one,
			summary: 'Delete a workflow and keep what is needed to put it back',
			description:
				'Kept before anything is deleted: draft, what is live, settings, tags. One that live workflows ' +
				'call is refused unless `force` is true. Repeat it after a failure: it goes on.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: workflowPath,
			query: deletionQuery,
			responses: { 200: deletedSchema },
			errors: [...ofOne, 'workflow_in_use', 'workflow_edited', 'workflow_not_settled'],
			examples: { params: byId, response: exampleDeleted },
		}).handledBy(async ({ params: { environment, id }, query, actor, note }) => {
			const deleted = await deleteWorkflow(ports, {
				environment,
				workflowId: id,
				basedOn: query.basedOn ?? null,
				reason: query.reason ?? null,
				force: query.force,
				breakGlass: query.breakGlass ?? null,
				actor: actor.name,
			});
			note({ draft: deleted.draft, live: deleted.live });
			return { status: 200, body: deletedToWire(deleted) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{environment}/deleted-workflows',
			summary: 'Workflows that were deleted, newest first',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.environment,
			params: environmentPath,
			query: pageQuery({}),
			responses: { 200: pageOf(deletedSchema) },
			examples: {
				params: { environment: 'production' },
				response: { data: [exampleDeleted], nextCursor: null },
			},
		}).handledBy(async ({ params: { environment }, query }) => {
			const rows = await ports.changes.listDeleted(environment, {
				limit: query.limit + 1,
				after: idCursor(query.cursor),
			});
			const page = toPage(rows, query, ({ id }) => id);
			return { status: 200, body: { ...page, data: page.data.map(deletedToWire) } };
		}),
		defineRoute({
			method: 'post',
			path: `${one}/restore`,
			summary: 'Put a deleted workflow back',
			description:
				'`id` is the one it had; n8n chooses a new one, and its key follows. Live again if it was, ' +
				'unless `publish` is false. `warnings` name who still calls the former id.',
			role: 'operator',
			environment: ({ params }) => params.environment,
			params: workflowPath,
			body: restoreInput,
			responses: { 201: stateSchema },
			errors: [
				...refusals,
				'deleted_workflow_not_found',
				'workflow_busy',
				'engine_conflict',
				'workflow_not_settled',
			],
			examples: { params: byId, body: {}, response: exampleState },
		}).handledBy(async ({ params: { environment, id }, body, actor, note }) => {
			const { workflow, deleted, warnings } = await restoreWorkflow(ports, {
				environment,
				workflowId: id,
				publish: body?.publish ?? true,
				breakGlass: body?.breakGlass ?? null,
				actor: actor.name,
			});
			note({ restoredAs: workflow.id });
			const versions = { versionId: deleted.draft, warnings };
			return { status: 201, body: stateToWire(workflow, deleted.workflowKey, versions) };
		}),
	];
}
