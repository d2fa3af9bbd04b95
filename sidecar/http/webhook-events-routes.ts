import { z } from 'zod';
import { OrchestrationError } from '../kernel/errors';
import { deliveryStates } from '../webhooks/delivery';
import {
	findDelivery,
	findEvent,
	type RedeliverPorts,
	redeliver,
	redeliverRange,
} from '../webhooks/redeliver';
import { pageOf, pageQuery, toPage } from './paging';
import { type Route, defineRoute } from './route';
import {
	deliveryDetailSchema,
	deliveryDetailToWire,
	deliverySchema,
	deliveryToWire,
	eventDetailSchema,
	eventDetailToWire,
	eventSchema,
	eventToWire,
	exampleDelivery,
	exampleEvent,
} from './webhook-event-schemas';
import { webhookName } from './webhook-schemas';
import { dateTime, plainText } from './wire-schemas';

const params = z.strictObject({ id: z.uuid() });
const redelivered = z.strictObject({ deliveries: z.int() }).meta({ id: 'Redelivered' });

export const redeliverInput = z
	.strictObject({ subscription: webhookName.optional() })
	.meta({ id: 'RedeliverRequest' });
export const redeliverRangeInput = z
	.strictObject({
		endpoint: webhookName,
		from: dateTime,
		to: dateTime.optional(),
		events: z.array(plainText(200)).min(1).max(100).optional(),
		subscription: webhookName.optional(),
		state: z.enum(['dead', 'delivered', 'all']).optional(),
	})
	.meta({ id: 'RedeliverRangeRequest' });

/** What came in and where it went. Events belong to no environment. */
export function webhookEventsRoutes(ports: RedeliverPorts): Route[] {
	return [...eventRoutes(ports), ...deliveryRoutes(ports), ...redeliveryRoutes(ports)];
}

function eventRoutes(ports: RedeliverPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/webhooks/events',
			summary: 'Events, newest first',
			role: 'viewer',
			query: pageQuery({
				endpoint: webhookName.optional(),
				type: plainText(500).optional(),
				orderingKey: plainText(500).optional(),
				subject: plainText(500).optional(),
				from: dateTime.optional(),
				to: dateTime.optional(),
			}),
			responses: { 200: pageOf(eventSchema) },
			examples: { response: { data: [exampleEvent], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const { limit, cursor, from, to, ...filter } = query;
			const rows = await ports.events.list(
				{
					...filter,
					...(from === undefined ? {} : { from: new Date(from) }),
					...(to === undefined ? {} : { to: new Date(to) }),
				},
				{ limit: limit + 1, after: cursor === null ? null : positionIn(cursor) },
			);
			const page = toPage(rows, query, ({ position }) => String(position));
			return { status: 200, body: { ...page, data: page.data.map(eventToWire) } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/webhooks/events/{id}',
			summary: 'One event as it came, with its deliveries',
			role: 'viewer',
			params,
			responses: { 200: eventDetailSchema },
			errors: ['webhook_event_not_found'],
			examples: {
				params: { id: exampleEvent.id },
				response: {
					...exampleEvent,
					method: 'POST',
					query: '',
					headers: { 'content-type': 'application/json' },
					body: { encoding: 'utf8', data: '{"id":"evt_1","type":"invoice.paid"}' },
					deliveries: [exampleDelivery],
				},
			},
		}).handledBy(async ({ params: { id } }) => {
			const event = await findEvent(ports, id);
			const deliveries = await ports.deliveries.list({ eventId: id }, { limit: 200, after: null });
			return { status: 200, body: eventDetailToWire(event, deliveries) };
		}),
	];
}

function deliveryRoutes(ports: RedeliverPorts): Route[] {
	return [
		defineRoute({
			method: 'get',
			path: '/api/v1/webhooks/deliveries',
			summary: 'Deliveries, of the newest event first',
			role: 'viewer',
			query: pageQuery({
				endpoint: webhookName.optional(),
				subscription: webhookName.optional(),
				state: z.enum(deliveryStates).optional(),
				eventId: z.uuid().optional(),
				eventType: plainText(500).optional(),
				inDoubt: z
					.enum(['true', 'false'])
					.transform((text) => text === 'true')
					.optional()
					.meta({ description: 'true: the receiver may have taken it more than once.' }),
			}),
			responses: { 200: pageOf(deliverySchema) },
			examples: { response: { data: [exampleDelivery], nextCursor: null } },
		}).handledBy(async ({ query }) => {
			const { limit, cursor, ...filter } = query;
			const after = cursor === null ? null : deliveryIn(cursor);
			const rows = await ports.deliveries.list(filter, { limit: limit + 1, after });
			const page = toPage(rows, query, ({ eventPosition, id }) => `${eventPosition}/${id}`);
			return { status: 200, body: { ...page, data: page.data.map(deliveryToWire) } };
		}),
		defineRoute({
			method: 'get',
			path: '/api/v1/webhooks/deliveries/{id}',
			summary: 'One delivery with its attempts',
			role: 'viewer',
			params,
			responses: { 200: deliveryDetailSchema },
			errors: ['webhook_delivery_not_found'],
			examples: {
				params: { id: exampleDelivery.id },
				response: {
					...exampleDelivery,
					tries: [
						{
							number: 1,
							startedAt: '2031-04-01T12:00:00.005Z',
							durationMs: 55,
							status: 200,
							error: null,
							answer: '{"message":"Workflow was started"}',
						},
					],
				},
			},
		}).handledBy(async ({ params: { id } }) => ({
			status: 200,
			body: deliveryDetailToWire(
				await findDelivery(ports, id),
				await ports.deliveries.attemptsOf(id),
			),
		})),
	];
}

function redeliveryRoutes(ports: RedeliverPorts): Route[] {
	const response = { deliveries: 1 };
	return [
		defineRoute({
			method: 'post',
			path: '/api/v1/webhooks/events/{id}/redeliver',
			summary: 'Hand an event on again',
			description:
				'To one subscription, whether it wants it or not, or to all that want it now. What is under way goes on as it is.',
			role: 'operator',
			params,
			body: redeliverInput.prefault({}),
			responses: { 202: redelivered },
			errors: ['webhook_event_not_found', 'webhook_subscription_not_found'],
			examples: { params: { id: exampleEvent.id }, body: {}, response },
		}).handledBy(async ({ params: { id }, body, actor, log }) => {
			const deliveries = await redeliver(ports, id, body.subscription ?? null);
			log.info({ event: id, deliveries, actor: actor.name }, 'event redelivered');
			return { status: 202, body: { deliveries } };
		}),
		defineRoute({
			method: 'post',
			path: '/api/v1/webhooks/redeliveries',
			summary: 'Hand a range of events on again',
			description:
				'Deliveries that failed for good, or others by `state`, of the events received in a time.',
			role: 'operator',
			body: redeliverRangeInput,
			responses: { 202: redelivered },
			examples: {
				body: { endpoint: 'stripe', from: '2031-04-01T00:00:00.000Z', events: ['invoice.*'] },
				response,
			},
		}).handledBy(async ({ body, actor, log }) => {
			const deliveries = await redeliverRange(ports, {
				endpoint: body.endpoint,
				from: new Date(body.from),
				to: body.to === undefined ? null : new Date(body.to),
				events: body.events ?? null,
				subscription: body.subscription ?? null,
				state: body.state ?? 'dead',
			});
			log.info({ ...body, deliveries, actor: actor.name }, 'events redelivered');
			return { status: 202, body: { deliveries } };
		}),
	];
}

/** @throws invalid_request */
function positionIn(cursor: string): number {
	if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
	throw wrongCursor();
}

function deliveryIn(cursor: string) {
	const [position = '', id = ''] = cursor.split('/', 2);
	if (!z.uuid().safeParse(id).success) throw wrongCursor();
	return { position: positionIn(position), id };
}

function wrongCursor(): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		'Expected cursor to be the nextCursor of a page of this list, got one of another list.',
	);
}
