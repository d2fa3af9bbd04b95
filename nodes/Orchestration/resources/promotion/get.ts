import type { Promotion } from '../../../../sidecar/contract/promotions';
import { idField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

const id = idField('promotionId', 'Promotion ID');

export const getPromotion: Operation = {
	name: 'Get',
	action: 'Get a promotion',
	description: 'Read a promotion with its plan and its steps',
	fields: [id],
	execute: async (call) =>
		await call.sidecar.request<Promotion>({
			method: 'GET',
			path: `/promotions/${segment(requiredText(call, id))}`,
			itemIndex: call.itemIndex,
		}),
};
