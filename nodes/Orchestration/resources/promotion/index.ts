import type { Resource } from '../../operation';
import { abortPromotion } from './abort';
import { applyPromotion } from './apply';
import { approvePromotion } from './approve';
import { createPromotion } from './create';
import { getPromotion } from './get';
import { getManyPromotions } from './get-many';
import { promote } from './promote';
import { rollBackPromotion } from './roll-back';

export const promotion: Resource = {
	name: 'Promotion',
	defaultOperation: 'promote',
	operations: {
		abort: abortPromotion,
		apply: applyPromotion,
		approve: approvePromotion,
		create: createPromotion,
		get: getPromotion,
		getAll: getManyPromotions,
		promote,
		rollback: rollBackPromotion,
	},
};
