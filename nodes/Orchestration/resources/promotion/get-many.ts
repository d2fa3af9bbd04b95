import { listMany, manyFields } from '../../fields';
import type { Operation } from '../../operation';

export const getManyPromotions: Operation = {
	name: 'Get Many',
	action: 'Get many promotions',
	description: 'List promotions, newest first',
	fields: manyFields,
	execute: async (call) => await listMany(call, '/promotions'),
};
