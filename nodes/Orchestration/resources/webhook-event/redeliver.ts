import { ask, collection, filledIn, type Operation } from '../../operation';
import { optionsField, requiredText, segment } from '../../operation';
import { webhookEventField } from './id-field';

export const redeliverWebhookEvent: Operation = {
	name: 'Redeliver',
	action: 'Redeliver a webhook event',
	description: 'Hand an event to its subscribers once more, as it came',
	fields: [
		webhookEventField,
		optionsField([
			{
				displayName: 'Subscription',
				name: 'subscription',
				type: 'string',
				default: '',
				description: 'Only to this one. Without it all that want it now get it.',
			},
		]),
	],
	execute: async (call) => {
		const id = segment(requiredText(call, webhookEventField));
		const body = filledIn(collection(call, 'options'));
		return await ask(call, 'POST', `/webhooks/events/${id}/redeliver`, { body });
	},
};
