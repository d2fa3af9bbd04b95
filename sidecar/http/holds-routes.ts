import { z } from 'zod';
import { placeHold, releaseHold } from '../promotion/gates/change-hold';
import type { GatePorts } from '../promotion/gates/gate-ports';
import { idCursor } from './id-cursor';
import { pageOf, pageQuery, toPage } from './paging';
import { exampleHold, holdSchema, holdToWire } from './promotion-gates-schemas';
import { defineRoute, type Route } from './route';
import { environmentName, plainText } from './wire-schemas';

type Ports = Pick<GatePorts, 'promotions' | 'gates' | 'clock' | 'environmentOf'>;

const byName = z.strictObject({ name: environmentName });
const reason = plainText(2000);

/** What must not come back into an environment until somebody lets it. */
export function holdsRoutes(ports: Ports): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/environments/{name}/holds',
			summary: 'What is held for an environment, newest first',
			role: ['viewer', 'node'],
			environment: ({ params }) => params.name,
			params: byName,
			query: pageQuery({ active: z.enum(['true', 'false']).optional() }),
			responses: { 200: pageOf(holdSchema) },
			errors: ['environment_not_found'],
			examples: {
				params: { name: 'production' },
				response: { data: [exampleHold], nextCursor: null },
			},
		}).handledBy(async ({ params: { name }, query }) => {
			await ports.environmentOf(name);
			const active = query.active === undefined ? {} : { active: query.active === 'true' };
			const after = idCursor(query.cursor);
			const rows = await ports.gates.holds(
				{ environment: name, ...active },
				{ limit: query.limit + 1, after },
			);
			return { status: 200, body: toPage(rows.map(holdToWire), query, ({ id }) => id) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/environments/{name}/holds',
			summary: 'Hold what a promotion has brought, or would bring',
			role: 'operator',
			environment: ({ params }) => params.name,
			params: byName,
			body: z.strictObject({ promotionId: z.uuid(), reason }),
			responses: { 201: holdSchema },
			errors: ['promotion_not_found', 'promotion_phase'],
			examples: {
				params: { name: 'production' },
				body: { promotionId: exampleHold.promotionId, reason: 'loses orders' },
				response: exampleHold,
			},
		}).handledBy(async ({ params: { name }, body, actor }) => {
			const request = { ...body, environment: name, actor: actor.name };
			return { status: 201, body: holdToWire(await placeHold(ports, request)) };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/environments/{name}/holds/{id}/release',
			summary: 'Let come back what is held',
			role: 'operator',
			environment: ({ params }) => params.name,
			params: byName.extend({ id: z.uuid() }),
			body: z.strictObject({ reason }),
			responses: { 200: holdSchema },
			errors: ['hold_not_found'],
			examples: {
				params: { name: 'production', id: exampleHold.id },
				body: { reason: 'the supplier was at fault' },
				response: exampleHold,
			},
		}).handledBy(async ({ params: { name, id }, body, actor }) => {
			const request = { id, environment: name, reason: body.reason, actor: actor.name };
			return { status: 200, body: holdToWire(await releaseHold(ports, request)) };
		}),
	];
}
