import { z } from 'zod';
import { type Delivery, type DeliveryAttempt, deliveryStates } from '../webhooks/delivery';
import type { EventSummary, StoredEvent } from '../webhooks/event';
import { dateTime } from './wire-schemas';

export const eventSchema = z
	.strictObject({
		id: z.string(),
		endpoint: z.string(),
		type: z.string(),
		providerId: z.string().nullable(),
		orderingKey: z.string().nullable(),
		subject: z.string().nullable(),
		environment: z.string().nullable(),
		bytes: z.int(),
		receivedAt: dateTime,
		routedAt: dateTime.nullable(),
	})
	.meta({ id: 'WebhookEvent' });

export const deliverySchema = z
	.strictObject({
		id: z.string(),
		eventId: z.string(),
		eventType: z.string(),
		endpoint: z.string(),
		subscription: z.string(),
		state: z.enum(deliveryStates),
		orderingKey: z.string().nullable(),
		attempts: z.int(),
		inDoubt: z.int().meta({
			description: 'Attempts of which nobody knows whether the receiver took them.',
		}),
		nextAttemptAt: dateTime.nullable(),
		lastStatus: z.int().nullable(),
		lastError: z.string().nullable(),
		letterId: z.string().nullable(),
		createdAt: dateTime,
		updatedAt: dateTime,
	})
	.meta({ id: 'WebhookDelivery' });

export const eventDetailSchema = eventSchema
	.extend({
		method: z.string(),
		query: z.string(),
		headers: z.record(z.string(), z.string()),
		body: z.strictObject({ encoding: z.enum(['utf8', 'base64']), data: z.string() }),
		deliveries: z.array(deliverySchema),
	})
	.meta({ id: 'WebhookEventDetail' });

export const deliveryDetailSchema = deliverySchema
	.extend({
		tries: z.array(
			z.strictObject({
				number: z.int(),
				startedAt: dateTime,
				durationMs: z.int(),
				status: z.int().nullable(),
				error: z.string().nullable(),
				answer: z.string().nullable(),
			}),
		),
	})
	.meta({ id: 'WebhookDeliveryDetail' });

export function eventToWire(event: EventSummary): z.input<typeof eventSchema> {
	return {
		id: event.id,
		endpoint: event.endpoint,
		type: event.type,
		providerId: event.providerId,
		orderingKey: event.orderingKey,
		subject: event.subject,
		environment: event.environment,
		bytes: event.bytes,
		receivedAt: event.receivedAt.toISOString(),
		routedAt: event.routedAt?.toISOString() ?? null,
	};
}

export function eventDetailToWire(
	event: StoredEvent,
	deliveries: Delivery[],
): z.input<typeof eventDetailSchema> {
	const { method, query, headers, body } = event;
	return {
		...eventToWire(event),
		method,
		query,
		headers,
		body: bodyToWire(body),
		deliveries: deliveries.map(deliveryToWire),
	};
}

/** Bytes that are no text come in base64, so that nothing is changed. */
function bodyToWire(body: Buffer): { encoding: 'utf8' | 'base64'; data: string } {
	try {
		return {
			encoding: 'utf8',
			data: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body),
		};
	} catch {
		return { encoding: 'base64', data: body.toString('base64') };
	}
}

export function deliveryToWire(delivery: Delivery): z.input<typeof deliverySchema> {
	const { eventPosition: _position, ...rest } = delivery;
	return {
		...rest,
		inDoubt: delivery.inDoubt,
		nextAttemptAt: delivery.nextAttemptAt?.toISOString() ?? null,
		createdAt: delivery.createdAt.toISOString(),
		updatedAt: delivery.updatedAt.toISOString(),
	};
}

export function deliveryDetailToWire(
	delivery: Delivery,
	attempts: DeliveryAttempt[],
): z.input<typeof deliveryDetailSchema> {
	return {
		...deliveryToWire(delivery),
		tries: attempts.map((each) => ({ ...each, startedAt: each.startedAt.toISOString() })),
	};
}

export const exampleEvent: z.input<typeof eventSchema> = {
	id: '0198c0de-0000-7000-8000-000000000050',
	endpoint: 'stripe',
	type: 'invoice.paid',
	providerId: 'evt_1',
	orderingKey: 'cus_1',
	subject: null,
	environment: null,
	bytes: 412,
	receivedAt: '2031-04-01T12:00:00.000Z',
	routedAt: '2031-04-01T12:00:00.004Z',
};

export const exampleDelivery: z.input<typeof deliverySchema> = {
	id: '0198c0de-0000-7000-8000-000000000052',
	eventId: exampleEvent.id,
	eventType: exampleEvent.type,
	endpoint: 'stripe',
	subscription: 'invoices',
	state: 'delivered',
	orderingKey: 'cus_1',
	attempts: 1,
	inDoubt: 0,
	nextAttemptAt: null,
	lastStatus: 200,
	lastError: null,
	letterId: null,
	createdAt: '2031-04-01T12:00:00.004Z',
	updatedAt: '2031-04-01T12:00:00.060Z',
};
