import type { Resource } from '../../operation';
import { applyPromotion } from './apply';
import { createPromotion } from './create';
import { getPromotion } from './get';
import { getManyPromotions } from './get-many';
import { promote } from './promote';
import { rollBackPromotion } from './roll-back';

export const promotion: Resource = {
	name: 'Promotion',
	defaultOperation: 'promote',
	operations: {
		apply: applyPromotion,
		create: createPromotion,
		get: getPromotion,
		getAll: getManyPromotions,
		promote,
		rollback: rollBackPromotion,
	},
};
