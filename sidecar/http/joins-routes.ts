import { z } from 'zod';
import type { Environment } from '../environments/environment';
import { OrchestrationError } from '../kernel/errors';
import type { Join } from '../joins/join';
import { cancelJoin, findJoin, mostBytes } from '../joins/read-join';
import type { SettlePorts } from '../joins/settle-child';
import { startJoin, type StartPorts } from '../joins/start-join';
import { type Actor, requireEnvironment } from './authenticate';
import { environmentFor } from './environment-for';
import {
	childResultSchema,
	childToWire,
	exampleJoin,
	joinInput,
	joinSchema,
	joinToWire,
	readRetry,
} from './join-schemas';
import { encodeCursor, pageOf, pageQuery } from './paging';
import { type Route, defineRoute } from './route';

export type JoinsDependencies = StartPorts &
	SettlePorts & {
		/** @throws environment_not_found */
		environmentOf(name: string): Promise<Environment>;
	};

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: exampleJoin.id }, response: exampleJoin };

export function joinsRoutes(ports: JoinsDependencies): Route[] {
	const shown = async (join: Join) =>
		joinToWire(join, join.state === 'running' ? await ports.joins.underWay(join.id) : 0);
	const reachable = async (id: string, actor: Actor): Promise<Join> => {
		const join = await findJoin(ports, id);
		requireEnvironment(actor, join.environment);
		return join;
	};
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/joins',
			summary: 'Run a workflow for each of many, and wake an execution with what came of it',
			description:
				'Called by a node from within its execution, just before it puts the execution to wait. All of it is in the database when this answers; it survives restarts of the sidecar and of the engine. The same parent (execution, token, node and visit) twice is one join: 202 for a new one, 200 for one that is there.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: joinInput,
			responses: { 202: joinSchema, 200: joinSchema },
			errors: ['environment_not_found', 'workflow_not_found', 'workflow_invalid'],
			examples: {
				body: {
					environment: 'production',
					workflow: exampleJoin.workflow,
					children: [{ items: [{ json: { order: 1 } }] }, { items: [{ json: { order: 2 } }] }],
					atOnce: 20,
					policy: { mode: 'collect' },
					parent: { ...exampleJoin.parent, resumeToken: 'signature-of-its-resume-url' },
				},
				response: exampleJoin,
			},
		}).handledBy(async ({ body, actor }) => {
			const { name } = await ports.environmentOf(environmentFor(body.environment, actor));
			const { join, created } = await startJoin(ports, {
				environment: name,
				workflow: body.workflow,
				children: body.children,
				atOnce: body.atOnce ?? 10,
				policy: body.policy ?? { mode: 'all' },
				retry: readRetry(body.retry),
				childDeadlineMs: body.childDeadlineMs ?? null,
				deadlineMs: body.deadlineMs ?? null,
				parent: { ...body.parent, workflowId: body.parent.workflowId ?? null },
			});
			return { status: created ? 202 : 200, body: await shown(join) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/joins/{id}',
			summary: 'One join',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: joinSchema },
			errors: ['join_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => ({
			status: 200,
			body: await shown(await reachable(id, actor)),
		})),
		defineRoute({
			method: 'get',
			path: '/api/v1/joins/{id}/results',
			summary: 'What came of its children, in the order of the request',
			description: 'A page ends early at about 4 MB of items.',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			query: pageQuery({}),
			responses: { 200: pageOf(childResultSchema) },
			errors: ['join_not_found'],
			examples: { params: { id: exampleJoin.id }, response: { data: [], nextCursor: null } },
		}).handledBy(async ({ params: { id }, query, actor }) => {
			const join = await reachable(id, actor);
			const page = { limit: query.limit, after: indexIn(query.cursor), bytes: mostBytes };
			const data = (await ports.joins.children(id, page)).map(childToWire);
			const last = data.at(-1)?.index ?? join.counts.total;
			const nextCursor = last + 1 < join.counts.total ? encodeCursor(String(last)) : null;
			return { status: 200, body: { data, nextCursor } };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/joins/{id}/cancel',
			summary: 'Give up a join',
			description: 'What has not ended is cancelled, and the parent is woken and told so.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			body: z.strictObject({}).prefault({}),
			responses: { 200: joinSchema },
			errors: ['join_not_found', 'join_settled'],
			examples: { ...example, body: {} },
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(id, actor);
			return { status: 200, body: await shown(await cancelJoin(ports, id, actor.name)) };
		}),
	];
}

/** @throws invalid_request */
function indexIn(cursor: string | null): number | null {
	if (cursor === null) return null;
	if (/^\d{1,5}$/.test(cursor)) return Number(cursor);
	throw new OrchestrationError(
		'invalid_request',
		'Expected cursor to be the nextCursor of a page of this list, got one of another list.',
	);
}
