import type { INodeProperties } from 'n8n-workflow';

import { authenticationProperty } from '../shared/sidecar-credentials';

const shownFor = (source: string) => ({ displayOptions: { show: { source: [source] } } });

export const triggerProperties: INodeProperties[] = [
	authenticationProperty,
	{
		displayName:
			'The sidecar must reach this n8n: register it there as an environment, under the address n8n shows in its webhook URLs (WEBHOOK_URL).',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Trigger On',
		name: 'source',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Event of a Webhook Endpoint',
				value: 'endpoint',
				description: 'What others send to the sidecar, verified and kept there',
			},
			{
				name: 'What Happens in the Sidecar',
				value: 'sidecar',
				description: 'Dead letters, circuits, promotions, drift, alerts',
			},
		],
		default: 'sidecar',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'multiOptions',
		noDataExpression: true,
		required: true,
		...shownFor('sidecar'),
		options: [
			{
				name: 'Alert Raised',
				value: 'alert.raised',
				description: 'A rule found what it looks for',
			},
			{ name: 'Alert Resolved', value: 'alert.resolved', description: 'It is over' },
			{
				name: 'Circuit Closed',
				value: 'circuit.closed',
				description: 'A service is back, for all workers',
			},
			{
				name: 'Circuit Opened',
				value: 'circuit.opened',
				description: 'A service is not called any more, by all workers',
			},
			{
				name: 'Dead Letter',
				value: 'dead_letter.created',
				description: 'Work failed for good and was kept',
			},
			{
				name: 'Dead Letters Expired',
				value: 'dead_letter.expired',
				description: 'Nobody replayed them in time; they are in the archive',
			},
			{
				name: 'Drift Found',
				value: 'drift.found',
				description: 'An environment runs something else than what was promoted',
			},
			{
				name: 'Execution Finished',
				value: 'execution.finished',
				description: 'One that was started with the policy notify',
			},
			{
				name: 'Promotion Finished',
				value: 'promotion.finished',
				description: 'Succeeded or not: see data.phase',
			},
		],
		default: ['dead_letter.created'],
		description: 'What starts the workflow',
	},
	{
		displayName: 'Endpoint',
		name: 'endpoint',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		...shownFor('endpoint'),
		description: 'Where the events come in. Needs an operator token for no single environment.',
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				typeOptions: { searchListMethod: 'searchEndpoints', searchable: true },
			},
			{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'stripe' },
		],
	},
	{
		displayName: 'Event Types',
		name: 'eventTypes',
		type: 'string',
		default: '*',
		placeholder: 'invoice.*, customer.created',
		noDataExpression: true,
		...shownFor('endpoint'),
		description: 'Separated by commas, with * for any part',
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
				displayOptions: { show: { '/source': ['sidecar'] } },
				description: 'Only what concerns it. Circuits belong to no environment.',
			},
			{
				displayName: 'Filter',
				name: 'filter',
				type: 'string',
				default: '',
				placeholder: 'body.data.errorClass == "bug"',
				description: 'Which of the events start the workflow; decided in the sidecar',
			},
			{
				displayName: 'Tolerance (Seconds)',
				name: 'toleranceSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 300,
				description: 'How far the time of a signature may be from the time here',
			},
		],
	},
];
