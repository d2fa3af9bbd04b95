import { listMany, manyFields } from '../../fields';
import { collection, filledIn, type Operation, optionsField } from '../../operation';

export const getManyWebhookEvents: Operation = {
	name: 'Get Many',
	action: 'Get many webhook events',
	description: 'List the events that were taken in, newest first',
	fields: [
		...manyFields,
		optionsField(
			[
				{
					displayName: 'Endpoint',
					name: 'endpoint',
					type: 'string',
					default: '',
					placeholder: 'stripe',
				},
				{
					displayName: 'Type',
					name: 'type',
					type: 'string',
					default: '',
					placeholder: 'invoice.paid',
				},
			],
			'Filters',
			'filters',
		),
	],
	execute: async (call) =>
		await listMany(call, '/webhooks/events', filledIn(collection(call, 'filters'))),
};
