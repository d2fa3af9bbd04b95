import type { INodeProperties } from 'n8n-workflow';

const text = (
	displayName: string,
	name: string,
	description: string,
	placeholder?: string,
): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	...(placeholder ? { placeholder } : {}),
	description,
});

const number = (
	displayName: string,
	name: string,
	initial: number,
	description: string,
	[minValue, maxValue]: [number, number],
): INodeProperties => ({
	displayName,
	name,
	type: 'number',
	typeOptions: { minValue, maxValue },
	default: initial,
	description,
});

export const startOptions: INodeProperties[] = [
	number('Attempts', 'attempts', 3, 'How often it is tried in all', [1, 50]),
	text('Circuit', 'circuit', 'Key of a circuit that is asked before each attempt', 'billing-api'),
	{
		displayName: 'Deadline',
		name: 'deadline',
		type: 'dateTime',
		default: '',
		description: 'Over by then, or failed',
	},
	text(
		'Idempotency Key',
		'idempotencyKey',
		'The same key gives the same execution, such as an order number. Without it each run of this node starts one for each item.',
	),
	number('Most at Once', 'concurrency', 10, 'Runs of this workflow at the same time', [1, 10_000]),
	number('Priority', 'priority', 0, 'Higher comes first among the work of a tenant', [-100, 100]),
	text('Rate Limit', 'rateLimit', 'Key of a limit that gives each attempt its time', 'billing-api'),
	text('Tenant', 'tenant', 'Whoever the work is for', 'customer-17'),
	text('Version ID', 'version', 'Run this version instead of what is published'),
	number(
		'Wait for Outcome (Seconds)',
		'waitSeconds',
		30,
		'How long to wait for the end, at most 60. Without it the answer comes at once.',
		[0, 60],
	),
];
