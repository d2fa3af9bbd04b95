import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { environmentField } from '../../fields';
import {
	ask,
	collection,
	commaSeparated,
	filledIn,
	type Operation,
	optionsField,
	requiredText,
} from '../../operation';
import { bulkReplayFilters } from './filters';

const environment = environmentField();

const dryRun: INodeProperties = {
	displayName: 'Dry Run',
	name: 'dryRun',
	type: 'boolean',
	default: true,
	description: 'Whether to tell only how many letters it would be, and how long it would take',
};

const options: INodeProperties[] = [
	{
		displayName: 'Letters a Second',
		name: 'rate',
		type: 'number',
		typeOptions: { minValue: 0.01, maxValue: 100 },
		default: 1,
		description: 'How fast letters are begun',
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
		optionsField(options),
	],
	execute: async (call) => {
		const { ids, ...filters } = filledIn(collection(call, 'filters'));
		const filter: IDataObject = {
			environment: requiredText(call, environment),
			...filters,
			...(ids === undefined ? {} : { ids: commaSeparated(ids) }),
			...timesOf(filters),
		};
		const isDryRun = call.context.getNodeParameter(dryRun.name, call.itemIndex, true) === true;
		const body = { filter, dryRun: isDryRun, ...filledIn(collection(call, 'options')) };
		return await ask(call, 'POST', '/replays', { body });
	},
};

/** n8n gives dates without an offset, too. */
function timesOf(filters: IDataObject): IDataObject {
	return Object.fromEntries(
		['createdFrom', 'createdTo'].flatMap((name) => {
			const time = new Date(String(filters[name]));
			return Number.isNaN(time.getTime()) ? [] : [[name, time.toISOString()]];
		}),
	);
}
