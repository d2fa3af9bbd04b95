import type { Resource } from '../../operation';
import { getWebhookEvent } from './get';
import { getManyWebhookEvents } from './get-many';
import { redeliverWebhookEvent } from './redeliver';

export const webhookEvent: Resource = {
	name: 'Webhook Event',
	defaultOperation: 'getAll',
	operations: {
		get: getWebhookEvent,
		getAll: getManyWebhookEvents,
		redeliver: redeliverWebhookEvent,
	},
};
