import type { INodeProperties } from 'n8n-workflow';

import { environmentField } from '../../fields';
import {
	ask,
	collection,
	filledIn,
	type Operation,
	optionsField,
	requiredText,
} from '../../operation';
import { bulkReplayFilters, filterOf } from './filters';

const environment = environmentField();

const dryRun: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: true,
	description: 'Whether to tell only how many letters it would be, and how long it would take',
};

export const replayOptions: INodeProperties[] = [
	{
		displayName: 'Circuit',
		name: 'circuit',
		type: 'string',
		default: '',
		description: 'Key of a circuit that is asked before each letter and told how it ended',
	},
	{
		displayName: 'Letters a Second',
		name: 'rate',
		type: 'number',
		typeOptions: { minValue: 0.01, maxValue: 100 },
		default: 1,
		description: 'How fast letters are begun',
	},
	{
		displayName: 'Live Slowdown',
		name: 'liveRatio',
		type: 'number',
		typeOptions: { minValue: 1.05, maxValue: 10, numberPrecision: 2 },
		default: 1.2,
		description: 'How many times as long live executions may take as before it slows down',
	},
	{
		displayName: 'Rate Limit',
		name: 'rateLimit',
		type: 'string',
		default: '',
		description: 'Key of a rate limit that gives each letter its time',
	},
	{
		displayName: 'Strategy',
		name: 'strategy',
		type: 'options',
		options: [
			{
				name: 'Redeliver',
				value: 'redeliver',
				description: 'Start the workflow again with what the trigger got',
			},
			{ name: 'Retry', value: 'retry', description: 'Go on in n8n at the failed node' },
		],
		default: 'redeliver',
	},
	{
		displayName: 'Version',
		name: 'version',
		type: 'string',
		default: 'live',
		description: 'To redeliver to: live, failed, or the ID of a version',
	},
];

export const startBulkReplay: Operation = {
	name: 'Start',
	action: 'Replay many dead letters',
	description: 'Replay all dead letters that a filter selects, at a steady pace',
	fields: [
		environment,
		dryRun,
		optionsField(bulkReplayFilters, 'Filters', 'filters'),
		optionsField(replayOptions),
	],
	execute: async (call) => {
		const filter = filterOf(call, requiredText(call, environment));
		const isDryRun = call.context.getNodeParameter(dryRun.name, call.itemIndex, true) === true;
		const body = { filter, dryRun: isDryRun, ...filledIn(collection(call, 'options')) };
		return await ask(call, 'POST', '/replays', { body });
	},
};
