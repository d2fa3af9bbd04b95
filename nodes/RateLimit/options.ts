import type { INodeProperties } from 'n8n-workflow';

import { longWaitsOption } from '../shared/parking/long-waits';

const shownFor = (...operations: string[]) => ({ show: { '/operation': operations } });

export const rateLimitOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Burst',
			name: 'burst',
			type: 'number',
			typeOptions: { minValue: 1 },
			displayOptions: shownFor('acquire'),
			default: 1,
			description: 'How many may start at once; 1 spaces them evenly over the interval',
		},
		{
			displayName: 'Headers',
			name: 'headers',
			type: 'json',
			displayOptions: shownFor('feedback'),
			default: '{}',
			description: 'Of the answer. Without it they are read from the item.',
		},
		{
			displayName: 'Lease for Each Item',
			name: 'leaseForEachItem',
			type: 'boolean',
			displayOptions: shownFor('acquireLease'),
			default: false,
			description: 'Whether each item takes a lease; otherwise one serves all items of a key',
		},
		longWaitsOption('acquire'),
		{
			displayName: 'Maximum Wait (Seconds)',
			name: 'maxWaitSeconds',
			type: 'number',
			typeOptions: { minValue: 0 },
			displayOptions: shownFor('acquire', 'acquireLease'),
			default: 0,
			description:
				'Items that would wait longer leave by Refused at once. 0: Acquire waits as long as it takes, Acquire Lease not at all.',
		},
		{
			displayName: 'Renew While Running',
			name: 'renew',
			type: 'boolean',
			displayOptions: shownFor('acquireLease'),
			default: true,
			description:
				'Whether leases last as long as the execution runs or waits; otherwise no longer than Time to Live',
		},
		{
			displayName: 'State Field',
			name: 'stateField',
			type: 'string',
			displayOptions: shownFor('acquire', 'acquireLease'),
			default: 'rateLimit',
			description: 'The one field added to refused items; it holds retryAt. Empty: none.',
		},
		{
			displayName: 'Status',
			name: 'status',
			type: 'number',
			displayOptions: shownFor('feedback'),
			default: 0,
			description: 'HTTP status of the answer. Without it it is read from the item.',
		},
		{
			displayName: 'Tenant',
			name: 'tenant',
			type: 'string',
			displayOptions: shownFor('acquire', 'acquireLease'),
			default: '',
			description: 'Whoever the work is for: the limit is shared fairly between tenants',
		},
		{
			displayName: 'Time to Live (Seconds)',
			name: 'ttlSeconds',
			type: 'number',
			typeOptions: { minValue: 1 },
			displayOptions: shownFor('acquireLease'),
			default: 300,
			description:
				'A lease that is neither given back nor renewed, since n8n died for instance, ends after this',
		},
		{
			displayName: 'Weight',
			name: 'weight',
			type: 'number',
			typeOptions: { minValue: 1 },
			displayOptions: shownFor('acquire'),
			default: 1,
			description: 'How many units of the limit an item takes; an expression may say it for each',
		},
	],
};
