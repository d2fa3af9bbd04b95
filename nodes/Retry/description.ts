import type { INodeProperties } from 'n8n-workflow';

import { maxAttemptsField, retryOptions } from '../shared/retry/retry-fields';
import { longWaitsOption } from '../shared/parking/long-waits';
import { authenticationProperty } from '../shared/sidecar-credentials';
import { workflowFields } from '../shared/workflow-field';

const shownFor = (...operation: string[]) => ({ show: { operation } });

const ownOptions: INodeProperties[] = [
	longWaitsOption('backOff'),
	{
		displayName: 'Items at Once',
		name: 'itemsAtOnce',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { '/operation': ['runSubWorkflow'] } },
		default: 5,
		description: 'How many sub-workflows run at the same time',
	},
	{
		displayName: 'Retry Budget',
		name: 'retryBudget',
		type: 'string',
		default: '',
		placeholder: 'orders-api',
		description:
			'Name of a budget that all workers share, kept by the sidecar: when too large a part of all calls are retries already, items are given up at once. When the sidecar is away, all are tried again.',
	},
];

export const retryProperties: INodeProperties[] = [
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Back Off',
				value: 'backOff',
				action: 'Wait and try failed items again',
				description: 'A gate in a loop around any node, fed by its error output',
			},
			{
				name: 'Run Sub-Workflow',
				value: 'runSubWorkflow',
				action: 'Run a sub workflow until it succeeds',
				description: 'Runs a workflow for each item, again when it fails',
			},
		],
		default: 'backOff',
	},
	{
		displayName:
			'Connect the error output of a node here (Settings, On Error: Continue (using error output)), and output Retry back to that node.',
		name: 'backOffNotice',
		type: 'notice',
		displayOptions: shownFor('backOff'),
		default: '',
	},
	...workflowFields(['runSubWorkflow']),
	maxAttemptsField,
	{
		displayName: 'When Giving Up',
		name: 'whenGivingUp',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Keep as Dead Letter',
				value: 'deadLetter',
				description: 'Handed to the sidecar first, then it leaves by Gave Up with deadLetterId',
			},
			{
				name: 'Output',
				value: 'output',
				description: 'The item leaves by Gave Up with its error',
			},
		],
		default: 'output',
		description: 'What happens to an item that is not tried again',
	},
	authenticationProperty,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...retryOptions, ...ownOptions].sort((a, b) =>
			a.displayName < b.displayName ? -1 : 1,
		),
	},
];
