import { createHash } from 'node:crypto';
import { newId } from '../../../sidecar/kernel/ids';
import type { Endpoint } from '../../../sidecar/webhooks/endpoint';
import type { NewEvent } from '../../../sidecar/webhooks/event';
import type { Subscription } from '../../../sidecar/webhooks/subscription';
import { after, noon } from '../dead-letters/letters';

export function endpointNamed(name: string, given: Partial<Endpoint> = {}): Endpoint {
	return {
		name,
		scheme: 'none',
		format: null,
		toleranceSeconds: 300,
		eventId: null,
		eventType: { path: 'type' },
		orderingKey: null,
		dedupWindowSeconds: 3_600,
		maxBytes: 1_000_000,
		methods: ['POST'],
		enabled: true,
		ttlSeconds: 60,
		sealedSecrets: '',
		secretCount: 0,
		createdAt: noon,
		updatedAt: noon,
		...given,
	};
}

export function subscriptionTo(
	endpoint: string,
	name: string,
	given: Partial<Subscription> = {},
): Subscription {
	return {
		id: newId(),
		endpoint,
		name,
		events: ['*'],
		filter: null,
		environment: null,
		target: { kind: 'url', url: 'http://127.0.0.1:9', headerNames: [], oauth2: null },
		sealedSecrets: 'sealed',
		ordered: false,
		concurrency: 10,
		timeoutMs: 1_000,
		retry: { maxAttempts: 3, baseDelayMs: 1_000, maxDelayMs: 60_000 },
		paused: false,
		enabled: true,
		createdAt: noon,
		updatedAt: noon,
		...given,
	};
}

/** An event with an id of the sender's. */
export function eventOf(endpoint: string, given: Partial<NewEvent> = {}): NewEvent {
	const id = newId();
	const providerId = given.providerId ?? id;
	return {
		id,
		endpoint,
		type: 'order.made',
		providerId,
		dedupKey: createHash('sha256').update(providerId).digest('base64url'),
		dedupUntil: after(3_600_000),
		orderingKey: null,
		subject: null,
		environment: null,
		method: 'POST',
		query: '',
		headers: { 'content-type': 'application/json' },
		body: Buffer.from(JSON.stringify({ type: 'order.made', id: providerId })),
		receivedAt: noon,
		keepUntil: after(60_000),
		...given,
	};
}
