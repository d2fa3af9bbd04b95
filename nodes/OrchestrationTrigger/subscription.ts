import type { IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { SubscriptionInput } from '../../sidecar/contract/webhooks';
import { located } from '../shared/located';

/** The sidecar's own endpoint: what happens there. */
export const SYSTEM_ENDPOINT = 'orchestration';

/** What the node asks the sidecar for; the address and the secret come with the registration. */
export interface Wanted {
	endpoint: string;
	events: string[];
	filter: string | null;
	environment: string | null;
}

/** Throws when a field that must be filled in is empty. */
export function wantedBy(context: IHookFunctions): Wanted {
	const { filter, environment } = optionsOf(context);
	const fromSidecar = context.getNodeParameter('source', 'sidecar') === 'sidecar';
	const endpoint = fromSidecar
		? SYSTEM_ENDPOINT
		: located(context.getNodeParameter('endpoint', ''));
	const events = fromSidecar
		? (context.getNodeParameter('events', []) as string[])
		: String(context.getNodeParameter('eventTypes', '*'))
				.split(',')
				.map((each) => each.trim())
				.filter(Boolean);
	const missing = endpoint === '' ? 'Endpoint' : events.length === 0 ? 'Events' : undefined;
	if (missing) {
		throw new NodeOperationError(context.getNode(), `Expected "${missing}", got nothing`, {
			description: 'Choose what starts the workflow.',
		});
	}
	return {
		endpoint,
		events,
		filter: String(filter ?? '').trim() || null,
		environment: (fromSidecar && String(environment ?? '').trim()) || null,
	};
}

export function bodyFor(wanted: Wanted, url: string, secret: string): SubscriptionInput {
	const { events, filter, environment } = wanted;
	return { events, filter, environment, target: { url }, secret, enabled: true, paused: false };
}

export const optionsOf = (context: IHookFunctions | IWebhookFunctions): IDataObject =>
	context.getNodeParameter('options', {}) as IDataObject;

export const pathOf = (endpoint: string, name: string): string =>
	`/webhooks/endpoints/${encodeURIComponent(endpoint)}/subscriptions/${encodeURIComponent(name)}`;
