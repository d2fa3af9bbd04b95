import type { INodeProperties } from 'n8n-workflow';

export type LongWaits = 'n8n' | 'sidecar';

export const longWaitsOption = (operation: string): INodeProperties => ({
	displayName: 'Long Waits',
	name: 'longWaits',
	type: 'options',
	displayOptions: { show: { '/operation': [operation] } },
	options: [
		{
			name: 'Leave to n8n',
			value: 'n8n',
			description: 'Up to 65 seconds hold a worker slot, longer ones do not',
		},
		{
			name: 'Park With the Sidecar',
			value: 'sidecar',
			description:
				'From 5 seconds on no worker slot is held, and the execution goes on at the very time. Without a sidecar as n8n does it.',
		},
	],
	default: 'sidecar',
	description: 'Who wakes the execution after a wait',
});
