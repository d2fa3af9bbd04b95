import type { Promotion } from '../../../../sidecar/contract/promotions';
import { idField } from '../../fields';
import { collection, type Operation, requiredText, segment } from '../../operation';
import { timeoutOption, waitField, waitForOutcome } from './outcome';

const id = idField('promotionId', 'Promotion ID');

export const rollBackPromotion: Operation = {
	name: 'Roll Back',
	action: 'Roll back a promotion',
	description: 'Bring the target back to what it was before a promotion',
	fields: [
		id,
		waitField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [timeoutOption],
		},
	],
	execute: async (call) => {
		const { context, sidecar, itemIndex } = call;
		const rollBack = await sidecar.request<Promotion>({
			method: 'POST',
			path: `/promotions/${segment(requiredText(call, id))}/rollback`,
			itemIndex,
		});
		if (context.getNodeParameter('wait', itemIndex, true) === false) return rollBack;
		const { timeoutSeconds } = collection(call, 'options') as { timeoutSeconds?: number };
		return await waitForOutcome(call, rollBack, timeoutSeconds);
	},
};
