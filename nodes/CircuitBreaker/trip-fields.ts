import type { INodeProperties } from 'n8n-workflow';

const operation = ['guard', 'runSubWorkflow'];
const rates = ['rateOverCalls', 'rateOverTime'];

/** When the circuit opens. */
export const tripFields: INodeProperties[] = [
	{
		displayName: 'Opens After',
		name: 'opensAfter',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { operation } },
		options: [
			{ name: 'Consecutive Failures', value: 'consecutive' },
			{ name: 'Failure Rate over Last Calls', value: 'rateOverCalls' },
			{ name: 'Failure Rate over Time', value: 'rateOverTime' },
		],
		default: 'consecutive',
		description:
			'An existing circuit of all workers keeps the rule it was made with until it is changed at the sidecar',
	},
	{
		displayName: 'Failures',
		name: 'failures',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { operation, opensAfter: ['consecutive'] } },
		default: 5,
		description: 'How many failures in a row open the circuit',
	},
	{
		displayName: 'Failure Rate (%)',
		name: 'failureRate',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		displayOptions: { show: { operation, opensAfter: rates } },
		default: 50,
		description: 'The share of failures that opens the circuit',
	},
	{
		displayName: 'Minimum Calls',
		name: 'minimumCalls',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { operation, opensAfter: rates } },
		default: 10,
		description: 'With fewer calls than these the rate says nothing',
	},
	{
		displayName: 'Last Calls',
		name: 'calls',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { operation, opensAfter: ['rateOverCalls'] } },
		default: 100,
		description: 'Over how many calls the rate is taken',
	},
	{
		displayName: 'Last Seconds',
		name: 'windowSeconds',
		type: 'number',
		typeOptions: { minValue: 1 },
		displayOptions: { show: { operation, opensAfter: ['rateOverTime'] } },
		default: 60,
		description: 'Over how long the rate is taken',
	},
];
