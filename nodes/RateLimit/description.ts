import type { INodeProperties } from 'n8n-workflow';

import { authenticationProperty } from '../shared/sidecar-credentials';
import { rateLimitOptions } from './options';

const shownFor = (...operation: string[]) => ({ show: { operation } });

export const rateLimitProperties: INodeProperties[] = [
	authenticationProperty,
	{
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Acquire',
				value: 'acquire',
				action: 'Wait until items may start',
				description:
					'Keeps an agreed pace over all workers: place it before what must not be called faster',
			},
			{
				name: 'Acquire Lease',
				value: 'acquireLease',
				action: 'Wait for a place among so many at once',
				description: 'Keeps how many work at the same time over all workers',
			},
			{
				name: 'Feedback',
				value: 'feedback',
				action: 'Learn the pace from answers',
				description: 'Place it after an HTTP Request: a 429 or Retry-After slows all workers down',
			},
			{
				name: 'Release Lease',
				value: 'releaseLease',
				action: 'Give a place back',
				description: 'Leases are also given back when the execution ends, fails or is cancelled',
			},
		],
		default: 'acquire',
	},
	{
		displayName:
			'Items that come together leave together, at the last of their times. To space them, place this node inside a Loop Over Items.',
		name: 'acquireNotice',
		type: 'notice',
		displayOptions: shownFor('acquire'),
		default: '',
	},
	{
		displayName: 'Key',
		name: 'key',
		type: 'resourceLocator',
		default: { mode: 'name', value: '' },
		required: true,
		description:
			'What is limited, such as the name of a service. All nodes with the same key share it.',
		modes: [
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'billing-api' },
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchKeys', searchable: true },
			},
		],
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: shownFor('acquire'),
		default: 10,
		description:
			'How many may start in each interval. A limit that exists keeps its pace until it is changed at the sidecar.',
	},
	{
		displayName: 'Interval (Seconds)',
		name: 'intervalSeconds',
		type: 'number',
		typeOptions: { minValue: 0.001, numberPrecision: 3 },
		displayOptions: shownFor('acquire'),
		default: 1,
		description: 'How long an interval is',
	},
	{
		displayName: 'Limit',
		name: 'concurrent',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: shownFor('acquireLease'),
		default: 5,
		description: 'How many leases are held at the same time under this key',
	},
	{
		displayName: 'When Sidecar Is Away',
		name: 'whenAway',
		type: 'options',
		noDataExpression: true,
		displayOptions: shownFor('acquire'),
		options: [
			{ name: 'Fail', value: 'fail', description: 'As On Error in the settings says' },
			{ name: 'Let Through', value: 'letThrough', description: 'Items go on without a limit' },
			{ name: 'Refuse', value: 'refuse', description: 'Items leave by Refused' },
		],
		default: 'fail',
		description: 'What happens when the sidecar does not answer',
	},
	rateLimitOptions,
];
