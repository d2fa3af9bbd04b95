import { ask, type Operation, requiredText, segment } from '../../operation';
import { webhookEventField } from './id-field';

export const getWebhookEvent: Operation = {
	name: 'Get',
	action: 'Get a webhook event',
	description: 'Read an event as it came, with its deliveries',
	fields: [webhookEventField],
	execute: async (call) => {
		const id = segment(requiredText(call, webhookEventField));
		return await ask(call, 'GET', `/webhooks/events/${id}`);
	},
};
