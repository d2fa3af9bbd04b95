import type { Resource } from '../../operation';
import { deleteReplaySchedule } from './delete';
import { getReplaySchedule } from './get';
import { getManyReplaySchedules } from './get-many';
import { setReplaySchedule } from './set';

export const replaySchedule: Resource = {
	name: 'Replay Schedule',
	defaultOperation: 'getAll',
	operations: {
		delete: deleteReplaySchedule,
		get: getReplaySchedule,
		getAll: getManyReplaySchedules,
		set: setReplaySchedule,
	},
};
