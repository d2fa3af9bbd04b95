import type { Promotion } from '../../../../sidecar/contract/promotions';
import { idField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

const id = idField('promotionId', 'Promotion ID');

export const abortPromotion: Operation = {
	name: 'Abort',
	action: 'Abort a promotion',
	description: 'Give a plan up, or stop a promotion and bring the target back to what it was',
	fields: [id],
	execute: async (call) =>
		await ask<Promotion>(call, 'POST', `/promotions/${segment(requiredText(call, id))}/abort`),
};
