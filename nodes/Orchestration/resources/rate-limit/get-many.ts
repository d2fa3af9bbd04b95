import { listMany, manyFields } from '../../fields';
import { type Operation } from '../../operation';

export const getManyRateLimits: Operation = {
	name: 'Get Many',
	action: 'Get many rate limits',
	description: 'List the limits by key',
	fields: manyFields,
	execute: async (call) => await listMany(call, '/rate-limits'),
};
