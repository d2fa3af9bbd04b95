import { listMany, manyFields } from '../../fields';
import { type Operation } from '../../operation';

export const getManyReplaySchedules: Operation = {
	name: 'Get Many',
	action: 'Get many replay schedules',
	description: 'List the bulk replays that come again by the clock, by name',
	fields: manyFields,
	execute: async (call) => await listMany(call, '/replay-schedules'),
};
