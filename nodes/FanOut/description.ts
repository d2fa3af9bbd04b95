import type { INodeProperties } from 'n8n-workflow';

import { maxAttemptsField } from '../shared/retry/retry-fields';
import { authenticationProperty } from '../shared/sidecar-credentials';
import { workflowField } from '../shared/workflow-field';
import { fanOutOptions } from './options';

export const fanOutProperties: INodeProperties[] = [
	workflowField,
	{
		displayName: 'Items per Run',
		name: 'batchSize',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 1,
		description: 'How many items each run is given; far fewer runs make far less work for n8n',
	},
	{
		displayName: 'Runs at Once',
		name: 'atOnce',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		default: 10,
		description:
			'How many runs go on at the same time. Their order does not matter: results are put in the order of the items.',
	},
	{
		...maxAttemptsField,
		default: 1,
		description:
			'How often a run is tried in all, the first time included. Options say which errors are tried again, and when.',
	},
	{
		displayName: 'Succeeds When',
		name: 'policy',
		type: 'options',
		options: [
			{
				name: 'All Have Succeeded',
				value: 'all',
				description: 'After the first failure nothing more is begun, and the node fails',
			},
			{
				name: 'Collect',
				value: 'collect',
				description: 'All are run: what succeeded and what failed leaves by its own output',
			},
			{
				name: 'First to Succeed',
				value: 'first',
				description: 'The first success is taken; the others are not waited for',
			},
			{
				name: 'Quorum',
				value: 'quorum',
				description: 'Enough when so many have succeeded; the others are not waited for',
			},
		],
		default: 'collect',
		description: 'When the work as a whole is done',
	},
	{
		displayName: 'Quorum',
		name: 'quorum',
		type: 'number',
		typeOptions: { minValue: 1, numberPrecision: 0 },
		displayOptions: { show: { policy: ['quorum'] } },
		default: 1,
		description: 'How many runs must succeed',
	},
	{
		displayName:
			'With On Error set to one of the Continue choices (Settings) the node does not fail when too few succeed: then all items leave by Failed, each with the reason.',
		name: 'brokenNotice',
		type: 'notice',
		displayOptions: { show: { policy: ['all', 'first', 'quorum'] } },
		default: '',
	},
	{
		displayName: 'Run',
		name: 'mode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Durably, Through the Sidecar',
				value: 'durable',
				description:
					'For many or long runs: this execution waits without a worker slot, and both survive restarts',
			},
			{
				name: 'In This Execution',
				value: 'here',
				description: 'It holds its worker slot until the runs are done',
			},
		],
		default: 'here',
		description: 'Who starts the runs and waits for them',
	},
	{ ...authenticationProperty, displayOptions: { show: { mode: ['durable'] } } },
	fanOutOptions,
];
