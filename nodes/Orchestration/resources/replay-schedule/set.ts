import type { INodeProperties } from 'n8n-workflow';

import type { ReplaySchedule } from '../../../../sidecar/contract/replays';
import { environmentField } from '../../fields';
import {
	ask,
	collection,
	commaSeparated,
	filledIn,
	type Operation,
	optionsField,
	requiredText,
	segment,
} from '../../operation';
import { bulkReplayFilters, filterOf } from '../bulk-replay/filters';
import { replayOptions } from '../bulk-replay/start';
import { scheduleField } from './name-field';

const environment = environmentField();
const filters = bulkReplayFilters.filter(({ name }) => name !== 'ids');
const cron: INodeProperties = {
	displayName: 'Cron Expression',
	name: 'cron',
	type: 'string',
	default: '*/15 * * * *',
	required: true,
	description: 'Minute, hour, day of the month, month, day of the week',
};
const options: INodeProperties[] = [
	...replayOptions,
	{
		displayName: 'Backoff (Seconds)',
		name: 'ladder',
		type: 'string',
		default: '900, 3600, 21600',
		description:
			'How long after its last failure a letter is replayed: the first time, the second and so on, with commas between. After the last step it is left alone.',
	},
	{
		displayName: 'Enabled',
		name: 'enabled',
		type: 'boolean',
		default: true,
		description: 'Whether it runs; otherwise it rests',
	},
	{
		displayName: 'Quiet From',
		name: 'quietFrom',
		type: 'string',
		default: '08:00',
		description: 'No letter is begun from this time of the day on, until Quiet To',
	},
	{ displayName: 'Quiet To', name: 'quietTo', type: 'string', default: '18:00' },
	{
		displayName: 'Time Zone',
		name: 'timeZone',
		type: 'string',
		default: 'UTC',
		placeholder: 'Europe/Vienna',
		description: 'For the cron expression and the quiet hours',
	},
];

export const setReplaySchedule: Operation = {
	name: 'Set',
	action: 'Set a replay schedule',
	description: 'Replay all dead letters that a filter selects again and again, by the clock',
	fields: [
		scheduleField,
		environment,
		cron,
		optionsField(filters, 'Filters', 'filters'),
		optionsField(options),
	],
	execute: async (call) => {
		const { ladder, quietFrom, quietTo, ...more } = filledIn(collection(call, 'options'));
		const timeZone = more['timeZone'] ?? 'UTC';
		const body = {
			filter: filterOf(call, requiredText(call, environment)),
			cron: requiredText(call, cron),
			...more,
			...(ladder === undefined
				? {}
				: { ladderMs: commaSeparated(ladder).map((seconds) => Number(seconds) * 1000) }),
			...(quietFrom === undefined || quietTo === undefined
				? {}
				: { quietHours: { from: quietFrom, to: quietTo, timeZone } }),
		};
		const name = segment(requiredText(call, scheduleField));
		return await ask<ReplaySchedule>(call, 'PUT', `/replay-schedules/${name}`, { body });
	},
};
