import type { components } from '../../api/schema';

export type Endpoint = components['schemas']['WebhookEndpoint'];
export type Subscription = components['schemas']['WebhookSubscription'];
export type SubscriptionInput = components['schemas']['WebhookSubscriptionInput'];
export type WebhookEvent = components['schemas']['WebhookEvent'];
export type EventDetail = components['schemas']['WebhookEventDetail'];
export type Delivery = components['schemas']['WebhookDelivery'];
export type Scheme = Endpoint['scheme'];

/** The address a sender has to be given. */
export function addressOf({ path }: Pick<Endpoint, 'path'>): string | null {
	return path === null ? null : `${location.origin}${path}`;
}

export function sourceInWords(source: Endpoint['eventId']): string {
	if (source === null) return 'none';
	return 'header' in source ? `header ${source.header}` : `${source.path} in the body`;
}

export function targetInWords({ target }: Subscription): string {
	if ('url' in target) return target.url;
	const where = target.path === undefined ? `workflow ${target.workflowId}` : `/${target.path}`;
	return `${target.environment}: ${where}`;
}

export const deliveryStates = ['pending', 'delivering', 'delivered', 'dead', 'discarded'] as const;
