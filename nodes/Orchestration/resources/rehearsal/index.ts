import type { Resource } from '../../operation';
import { getRehearsal } from './get';
import { startRehearsal } from './start';

export const rehearsal: Resource = {
	name: 'Rehearsal',
	defaultOperation: 'start',
	operations: { get: getRehearsal, start: startRehearsal },
};
