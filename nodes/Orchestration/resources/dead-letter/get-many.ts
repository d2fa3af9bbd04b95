import type {
	DeadLetterState,
	ErrorClass,
	Severity,
} from '../../../../sidecar/contract/dead-letters';
import { listMany, manyFields } from '../../fields';
import { choices, collection, filledIn, type Operation } from '../../operation';

const states: Record<DeadLetterState, string> = {
	discarded: 'Discarded',
	expired: 'Expired',
	replaying: 'Replaying',
	resolved: 'Resolved',
	scheduled: 'Scheduled',
	waiting: 'Waiting',
};

const classes: Record<ErrorClass, string> = {
	auth: 'Auth',
	bug: 'Bug',
	data: 'Data',
	quota: 'Quota',
	transient: 'Transient',
	unknown: 'Unknown',
};

const severities: Record<Severity, string> = {
	critical: 'Critical',
	error: 'Error',
	warning: 'Warning',
};

export const getManyDeadLetters: Operation = {
	name: 'Get Many',
	action: 'Get many dead letters',
	description: 'List dead letters, newest first',
	fields: [
		...manyFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Environment',
					name: 'environment',
					type: 'string',
					default: '',
					placeholder: 'production',
				},
				{
					displayName: 'Error Class',
					name: 'errorClass',
					type: 'options',
					options: choices(classes),
					default: 'transient',
				},
				{
					displayName: 'Severity',
					name: 'severity',
					type: 'options',
					options: choices(severities),
					default: 'critical',
				},
				{
					displayName: 'State',
					name: 'state',
					type: 'options',
					options: choices(states),
					default: 'waiting',
				},
				{
					displayName: 'Workflow ID',
					name: 'workflowId',
					type: 'string',
					default: '',
					description: 'ID of the workflow in its environment',
				},
			],
		},
	],
	execute: async (call) =>
		await listMany(call, '/dead-letters', filledIn(collection(call, 'filters'))),
};
