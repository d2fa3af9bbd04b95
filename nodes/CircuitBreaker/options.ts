import type { INodeProperties } from 'n8n-workflow';

const asking = { show: { '/operation': ['guard', 'runSubWorkflow'] } };
const running = { show: { '/operation': ['runSubWorkflow'] } };
const seconds = { type: 'number', typeOptions: { minValue: 0 } } as const;
const count = { type: 'number', typeOptions: { minValue: 1 } } as const;

export const circuitOptions: INodeProperties = {
	displayName: 'Options',
	name: 'options',
	type: 'collection',
	placeholder: 'Add option',
	default: {},
	options: [
		{
			displayName: 'Ignore Statuses',
			name: 'ignoreStatuses',
			type: 'string',
			displayOptions: { show: { '/operation': ['report', 'runSubWorkflow'] } },
			default: '',
			placeholder: '400, 404, 422',
			description: 'HTTP statuses that say nothing against the service, with commas; 4xx works too',
		},
		{
			displayName: 'Items at Once',
			name: 'itemsAtOnce',
			...count,
			displayOptions: running,
			default: 1,
			description: 'How many sub-workflows run at the same time',
		},
		{
			displayName: 'Probe Timeout (Seconds)',
			name: 'probeTimeoutSeconds',
			...seconds,
			displayOptions: asking,
			default: 60,
			description: 'A probe that reports nothing for this long is given to another',
		},
		{
			displayName: 'Probes',
			name: 'probes',
			...count,
			displayOptions: asking,
			default: 1,
			description: 'How many items are let through at once to see whether the service is back',
		},
		{
			displayName: 'Sidecar Timeout (Seconds)',
			name: 'timeoutSeconds',
			...seconds,
			displayOptions: { show: { '/scope': ['fleet'] } },
			default: 2,
			description: 'When no answer came by then, the sidecar is taken to be away',
		},
		{
			displayName: 'Slow',
			name: 'slow',
			type: 'boolean',
			displayOptions: { show: { '/operation': ['report'] } },
			default: false,
			description: 'Whether the call was slow; an expression may say it for each item',
		},
		{
			displayName: 'Slow Call After (Seconds)',
			name: 'slowAfterSeconds',
			...seconds,
			displayOptions: asking,
			default: 0,
			description:
				'When set, the circuit also opens on slow calls. Guard cannot measure: there Report says which were slow.',
		},
		{
			displayName: 'Slow Call Minimum',
			name: 'slowMinimumCalls',
			...count,
			displayOptions: asking,
			default: 10,
			description: 'With fewer calls than these the rate of slow ones says nothing',
		},
		{
			displayName: 'Slow Call Rate (%)',
			name: 'slowRate',
			type: 'number',
			typeOptions: { minValue: 1, maxValue: 100 },
			displayOptions: asking,
			default: 50,
			description: 'The share of slow calls that opens the circuit',
		},
		{
			displayName: 'Slow Call Window (Seconds)',
			name: 'slowWindowSeconds',
			...count,
			displayOptions: asking,
			default: 60,
			description: 'Over how long the share of slow calls is taken',
		},
		{
			displayName: 'State Field',
			name: 'stateField',
			type: 'string',
			displayOptions: asking,
			default: 'circuitBreaker',
			description:
				'The one field added to each item: who decided, the state, and for rejected ones retryAt. Empty: none.',
		},
		{
			displayName: 'Stays Open (Seconds)',
			name: 'openSeconds',
			...seconds,
			displayOptions: asking,
			default: 30,
			description: 'How long all are rejected before the first probe',
		},
		{
			displayName: 'Successes to Close',
			name: 'successesToClose',
			...count,
			displayOptions: asking,
			default: 1,
			description: 'How many probes must succeed. Without it: as many as there are probes.',
		},
	],
};
