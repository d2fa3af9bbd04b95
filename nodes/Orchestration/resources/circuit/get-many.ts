import { listMany, manyFields } from '../../fields';
import { type Operation } from '../../operation';

export const getManyCircuits: Operation = {
	name: 'Get Many',
	action: 'Get many circuits',
	description: 'List the circuits that all workers share, by key',
	fields: manyFields,
	execute: async (call) => await listMany(call, '/circuits'),
};
