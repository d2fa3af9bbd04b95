import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import type { Environment } from '../environments/environment';
import { cancelParked, findParked, park, type ParkPorts } from '../parking/park';
import { parkedStates } from '../parking/parked';
import { type Actor, requireEnvironment } from './authenticate';
import { environmentFor } from './environment-for';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { exampleParked, parkedSchema, parkedToWire, parkInput } from './parked-schemas';
import { type Route, defineRoute } from './route';
import { environmentName, plainText } from './wire-schemas';

export interface ParkedDependencies extends ParkPorts {
	/** @throws environment_not_found */
	environmentOf(name: string): Promise<Environment>;
	now(): Date;
}

const params = z.strictObject({ id: z.uuid() });
const example = { params: { id: exampleParked.id }, response: exampleParked };
const longestMs = 366 * 86_400_000;

export function parkedRoutes(ports: ParkedDependencies): Route[] {
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/parked',
			summary: 'Wake an execution at a time',
			description:
				'Called by a node from within its execution, just before it puts the execution to wait. The sidecar resumes it by its resume webhook, at the time and for as long as it takes. The same ticket (execution, token, node and visit) twice is one: 201 for a new one, 200 for one that is there, with the new time.',
			role: ['operator', 'node'],
			environment: ({ body }) => body.environment,
			body: parkInput,
			responses: { 201: parkedSchema, 200: parkedSchema },
			errors: ['environment_not_found'],
			examples: {
				body: {
					environment: 'production',
					executionId: exampleParked.executionId,
					resumeToken: 'signature-of-its-resume-url',
					nodeId: exampleParked.nodeId,
					visit: 1,
					resumeAt: '2031-04-01T12:00:00.000Z',
					workflowId: 'Zq81mPb2R7sT5cVn',
				},
				response: exampleParked,
			},
		}).handledBy(async ({ body, actor }) => {
			const { name } = await ports.environmentOf(environmentFor(body.environment, actor));
			const { parked, created } = await park(
				ports,
				name,
				{ ...body, workflowId: body.workflowId ?? null },
				body.resumeAt === undefined
					? { inMs: body.waitMs ?? 0 }
					: { at: soonEnough(body.resumeAt, ports.now()) },
			);
			return { status: created ? 201 : 200, body: parkedToWire(parked) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/parked',
			summary: 'Parked executions, newest first',
			description: 'What is settled is kept for 7 days.',
			role: ['viewer', 'node'],
			environment: 'handler',
			query: pageQuery({
				environment: environmentName.optional(),
				state: z.enum(parkedStates).optional(),
				executionId: plainText(100).optional(),
				workflowId: plainText(200).optional(),
			}),
			responses: { 200: pageOf(parkedSchema) },
			examples: { response: { data: [exampleParked], nextCursor: null } },
		}).handledBy(async ({ query, actor }) => {
			const { limit, cursor, ...filter } = query;
			const environment = filter.environment ?? actor.environment ?? undefined;
			if (environment !== undefined) requireEnvironment(actor, environment);
			const rows = await ports.parked.list(
				{ ...filter, ...(environment ? { environment } : {}) },
				{ limit: limit + 1, after: idCursor(cursor) },
			);
			return { status: 200, body: toPage(rows.map(parkedToWire), query, (row) => row.id) };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/parked/{id}',
			summary: 'One parked execution',
			role: ['viewer', 'node'],
			environment: 'handler',
			params,
			responses: { 200: parkedSchema },
			errors: ['parked_not_found'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => ({
			status: 200,
			body: parkedToWire(await reachable(ports, id, actor)),
		})),
		defineRoute({
			method: 'delete',
			path: '/api/v1/parked/{id}',
			summary: 'Take a ticket back',
			description:
				'Nobody wakes the execution any more: it waits in the engine until its own end of the wait, or until it is stopped there.',
			role: ['operator', 'node'],
			environment: 'handler',
			params,
			responses: { 200: parkedSchema },
			errors: ['parked_not_found', 'parked_busy', 'parked_settled'],
			examples: example,
		}).handledBy(async ({ params: { id }, actor }) => {
			await reachable(ports, id, actor);
			return { status: 200, body: parkedToWire(await cancelParked(ports, id)) };
		}),
	];
}

async function reachable(ports: ParkedDependencies, id: string, actor: Actor) {
	const parked = await findParked(ports, id);
	requireEnvironment(actor, parked.environment);
	return parked;
}

/** @throws invalid_request */
function soonEnough(resumeAt: string, now: Date): Date {
	const at = new Date(resumeAt);
	if (at.getTime() - now.getTime() <= longestMs) return at;
	throw new OrchestrationError(
		'invalid_request',
		`Expected resumeAt within 366 days, got ${resumeAt}. Take an earlier time.`,
	);
}
