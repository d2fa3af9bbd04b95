import type { ReplaySchedule } from '../../../../sidecar/contract/replays';
import { ask, type Operation, requiredText, segment } from '../../operation';
import { scheduleField } from './name-field';

export const getReplaySchedule: Operation = {
	name: 'Get',
	action: 'Get a replay schedule',
	description: 'Read when it runs next, and what came of the last time',
	fields: [scheduleField],
	execute: async (call) => {
		const name = segment(requiredText(call, scheduleField));
		return await ask<ReplaySchedule>(call, 'GET', `/replay-schedules/${name}`);
	},
};
