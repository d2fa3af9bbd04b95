import type { Resource } from '../../operation';
import { discardDeadLetter } from './discard';
import { getDeadLetter } from './get';
import { getManyDeadLetters } from './get-many';
import { replayDeadLetter } from './replay';
import { restoreDeadLetter } from './restore';

export const deadLetter: Resource = {
	name: 'Dead Letter',
	defaultOperation: 'getAll',
	operations: {
		discard: discardDeadLetter,
		get: getDeadLetter,
		getAll: getManyDeadLetters,
		replay: replayDeadLetter,
		restore: restoreDeadLetter,
	},
};
