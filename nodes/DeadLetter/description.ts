import type { INodeProperties } from 'n8n-workflow';

import { authenticationProperty } from '../shared/sidecar-credentials';

export const deadLetterProperties: INodeProperties[] = [
	{
		displayName:
			'Connect this node to the error output of another node (Settings, On Error: Continue (using error output)), or place it behind an Error Trigger. Nothing else needs to be set.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	authenticationProperty,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Enqueue',
				value: 'enqueue',
				action: 'Keep failed items as dead letters',
				description: 'Keep every input item with its error so that it can be replayed later',
			},
		],
		default: 'enqueue',
	},
	{
		displayName: 'Hand Over',
		name: 'handOver',
		type: 'hidden',
		noDataExpression: true,
		default: false,
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Environment',
				name: 'environment',
				type: 'string',
				default: '',
				placeholder: 'production',
				description:
					'Name of the environment this n8n is registered as. Only needed when the token is not bound to one.',
			},
			{
				displayName: 'Error Class',
				name: 'errorClass',
				type: 'options',
				options: [
					{ name: 'Auth', value: 'auth', description: 'Needs a new credential' },
					{ name: 'Automatic', value: 'auto', description: 'Found from the error' },
					{ name: 'Bug', value: 'bug', description: 'Needs a fix of the workflow' },
					{ name: 'Data', value: 'data', description: 'Only this payload is wrong' },
					{ name: 'Quota', value: 'quota', description: 'Too much, later it may do' },
					{
						name: 'Transient',
						value: 'transient',
						description: 'May pass by itself',
					},
					{ name: 'Unknown', value: 'unknown' },
				],
				default: 'auto',
				description:
					'What kind of failure it is. In an error workflow, transient and quota failures are replayed automatically.',
			},
			{
				displayName: 'Fingerprint',
				name: 'fingerprint',
				type: 'string',
				default: '',
				placeholder: '={{ $json.orderId }}',
				description:
					'What makes two failures the same work, such as an order number. While a letter with it is open, another failure counts up that letter instead of making one. Without it each failed item is a letter of its own.',
			},
			{
				displayName: 'Note',
				name: 'note',
				type: 'string',
				default: '',
				description: 'Free text for the operator who looks at the letter',
			},
			{
				displayName: 'Reason',
				name: 'reason',
				type: 'string',
				default: '',
				description: 'Replaces the error message, or stands for it when the item has none',
			},
			{
				displayName: 'Severity',
				name: 'severity',
				type: 'options',
				options: [
					{ name: 'Critical', value: 'critical' },
					{ name: 'Error', value: 'error' },
					{ name: 'Warning', value: 'warning' },
				],
				default: 'error',
				description: 'How much it matters, for whoever looks first',
			},
			{
				displayName: 'Source',
				name: 'source',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'auto',
						description: 'An item that looks like the Error Trigger gave it is taken as such',
					},
					{ name: 'Error Output', value: 'errorOutput' },
					{ name: 'Error Workflow', value: 'errorWorkflow' },
				],
				default: 'auto',
				description: 'What the input items are',
			},
			{
				displayName: 'Time to Live (Hours)',
				name: 'ttlHours',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 24,
				description: 'When the letter expires. Without it the setting of the environment counts.',
			},
			{
				displayName: 'When Sidecar Is Away',
				name: 'whenAway',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Fail',
						value: 'fail',
						description: 'As On Error in the settings says; n8n keeps the failed execution',
					},
					{
						name: 'Keep in n8n, Hand Over Later',
						value: 'keep',
						description:
							'This execution goes on; another one, which waits in n8n, hands the letters over',
					},
				],
				default: 'fail',
				description: 'What happens to the items when the sidecar does not answer',
			},
		],
	},
];
