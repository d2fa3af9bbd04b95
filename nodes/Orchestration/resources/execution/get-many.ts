import { listMany, manyFields } from '../../fields';
import { choices, collection, filledIn, type Operation, optionsField } from '../../operation';

const statuses = {
	canceled: 'Canceled',
	failed: 'Failed',
	'in-doubt': 'In Doubt',
	queued: 'Queued',
	running: 'Running',
	succeeded: 'Succeeded',
	waiting: 'Waiting',
};

export const getManyExecutions: Operation = {
	name: 'Get Many',
	action: 'Get many executions',
	description: 'List executions, newest first',
	fields: [
		...manyFields,
		optionsField(
			[
				{
					displayName: 'Environment',
					name: 'environment',
					type: 'string',
					default: '',
					placeholder: 'production',
				},
				{
					displayName: 'Status',
					name: 'status',
					type: 'options',
					options: choices(statuses),
					default: 'failed',
				},
				{
					displayName: 'Tenant',
					name: 'tenant',
					type: 'string',
					default: '',
				},
				{
					displayName: 'Workflow ID',
					name: 'workflowId',
					type: 'string',
					default: '',
					description: 'ID of the workflow in its environment',
				},
			],
			'Filters',
			'filters',
		),
	],
	execute: async (call) =>
		await listMany(call, '/executions', filledIn(collection(call, 'filters'))),
};
