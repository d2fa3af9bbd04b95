import { ask, type Operation, requiredText, segment } from '../../operation';
import { scheduleField } from './name-field';

export const deleteReplaySchedule: Operation = {
	name: 'Delete',
	action: 'Delete a replay schedule',
	description: 'Start no more bulk replays by it; one that runs goes on',
	fields: [scheduleField],
	execute: async (call) => {
		const name = requiredText(call, scheduleField);
		await ask(call, 'DELETE', `/replay-schedules/${segment(name)}`);
		return { name, deleted: true };
	},
};
