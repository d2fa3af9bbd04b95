import type { ClaimedDelivery } from './delivery';
import type { StoredEvent } from './event';
import { noFormat } from './signatures/scheme';
import { standardWebhooks } from './signatures/standard-webhooks';
import type { SubscriptionSecrets } from './subscription';

/** What is sent. */
export interface DeliveryRequest {
	method: string;
	url: URL;
	headers: Record<string, string>;
	body: Buffer | null;
}

/** To the production webhook of a workflow: as it came, so that a workflow sees what the sender sent. */
export function workflowRequest(
	{ event, delivery }: ClaimedDelivery,
	at: { baseUrl: string; path: string; bearer: string | null },
	traceparent: string,
): DeliveryRequest {
	const segments = at.path.split('/').filter((segment) => segment !== '');
	const url = new URL(`${at.baseUrl}/webhook/${segments.map(encodeURIComponent).join('/')}`);
	url.search = event.query;
	const { 'accept-encoding': _encoding, ...headers } = event.headers;
	return {
		method: event.method,
		url,
		headers: {
			...headers,
			...facts(event, delivery.endpoint, traceparent),
			...(at.bearer === null ? {} : { authorization: `Bearer ${at.bearer}` }),
		},
		body: event.method === 'GET' ? null : event.body,
	};
}

/** To an address: signed as Standard Webhooks says. Nothing of the sender's headers goes there. */
export function addressRequest(
	{ event, delivery }: ClaimedDelivery,
	at: { url: string; bearer: string | null },
	{ secret, headers }: SubscriptionSecrets,
	traceparent: string,
	now: Date,
): DeliveryRequest {
	const body =
		event.method === 'GET'
			? Buffer.from(JSON.stringify(Object.fromEntries(new URLSearchParams(event.query))))
			: event.body;
	const type = event.method === 'GET' ? 'application/json' : event.headers['content-type'];
	return {
		method: 'POST',
		url: new URL(at.url),
		headers: {
			'content-type': type ?? 'application/octet-stream',
			...lowered(headers),
			...facts(event, delivery.endpoint, traceparent),
			...(secret === null
				? {}
				: standardWebhooks.sign({ id: event.id, at: now, body }, secret, noFormat)),
			...(at.bearer === null ? {} : { authorization: `Bearer ${at.bearer}` }),
		},
		body,
	};
}

/** `webhook-id` is the same on every attempt: the receiver's key against doing it twice. */
function facts(event: StoredEvent, endpoint: string, traceparent: string): Record<string, string> {
	return {
		'webhook-id': event.id,
		'x-orchestration-event-type': encodeURI(event.type),
		'x-orchestration-endpoint': endpoint,
		traceparent,
	};
}

function lowered(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}
