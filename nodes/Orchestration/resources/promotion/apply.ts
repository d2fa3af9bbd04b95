import type { Promotion } from '../../../../sidecar/contract/promotions';
import { idField } from '../../fields';
import { collection, type Operation, requiredText, segment } from '../../operation';
import { timeoutOption, waitField, waitForOutcome } from './outcome';

const id = idField('promotionId', 'Promotion ID');
const planDigest = {
	...idField('planDigest', 'Plan Digest'),
	placeholder: '={{ $json.plan.digest }}',
	description: 'Of the plan you looked at; refused when something has moved since',
};

export const applyPromotion: Operation = {
	name: 'Apply',
	action: 'Apply a planned promotion',
	description: 'Carry out the plan of a promotion',
	fields: [
		id,
		planDigest,
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
		const applied = await sidecar.request<Promotion>({
			method: 'POST',
			path: `/promotions/${segment(requiredText(call, id))}/apply`,
			body: { planDigest: requiredText(call, planDigest) },
			itemIndex,
		});
		if (context.getNodeParameter('wait', itemIndex, true) === false) return applied;
		const { timeoutSeconds } = collection(call, 'options') as { timeoutSeconds?: number };
		return await waitForOutcome(call, applied, timeoutSeconds);
	},
};
