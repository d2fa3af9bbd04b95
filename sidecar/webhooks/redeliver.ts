import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Delivery, DeliveryStore, RedeliveryFilter } from './delivery';
import type { EventStore, StoredEvent } from './event';
import { subscriptionNotFound } from './put-subscription';
import { routeEvent } from './route-event';
import type { SubscriptionStore } from './subscription';

export interface RedeliverPorts {
	events: EventStore;
	deliveries: DeliveryStore;
	subscriptions: SubscriptionStore;
	clock: Clock;
	/** Deliveries are pending. */
	nudge(): void;
}

/**
 * Hands an event on again: to the one named, or to all that want it now.
 * @returns how many deliveries are pending by it
 * @throws webhook_event_not_found, webhook_subscription_not_found
 */
export async function redeliver(
	ports: RedeliverPorts,
	eventId: string,
	subscription: string | null,
): Promise<number> {
	const event = await findEvent(ports, eventId);
	const all = await ports.subscriptions.list(event.endpoint);
	const chosen =
		subscription === null
			? await routeEvent(event, all, async () => event)
			: all.filter(({ name }) => name === subscription);
	if (subscription !== null && chosen.length === 0) {
		throw subscriptionNotFound(event.endpoint, subscription);
	}
	const made = await ports.deliveries.redeliver(event, chosen, ports.clock.now());
	if (made > 0) ports.nudge();
	return made;
}

/** @param filter.to null: now */
export async function redeliverRange(
	{ deliveries, clock, nudge }: RedeliverPorts,
	filter: Omit<RedeliveryFilter, 'to'> & { to: Date | null },
): Promise<number> {
	const now = clock.now();
	const made = await deliveries.redeliverRange({ ...filter, to: filter.to ?? now }, now);
	if (made > 0) nudge();
	return made;
}

/** @throws webhook_event_not_found */
export async function findEvent(
	{ events }: Pick<RedeliverPorts, 'events'>,
	id: string,
): Promise<StoredEvent> {
	const event = await events.find(id);
	if (event) return event;
	throw new OrchestrationError(
		'webhook_event_not_found',
		`There is no event ${id}, or it was removed when its time was over. GET /api/v1/webhooks/events lists them.`,
		{ details: { event: id } },
	);
}

/** @throws webhook_delivery_not_found */
export async function findDelivery(
	{ deliveries }: Pick<RedeliverPorts, 'deliveries'>,
	id: string,
): Promise<Delivery> {
	const delivery = await deliveries.find(id);
	if (delivery) return delivery;
	throw new OrchestrationError(
		'webhook_delivery_not_found',
		`There is no delivery ${id}. GET /api/v1/webhooks/deliveries lists them.`,
		{ details: { delivery: id } },
	);
}
