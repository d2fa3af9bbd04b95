import type { Promotion } from '../../../../sidecar/contract/promotions';
import type { Operation } from '../../operation';
import { planFields, planOptions, readPlan } from './plan-fields';

export const createPromotion: Operation = {
	name: 'Create Plan',
	action: 'Plan a promotion',
	description: 'Plan a promotion without changing anything; the answer says what would block it',
	fields: [
		...planFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: planOptions,
		},
	],
	execute: async (call) =>
		await call.sidecar.request<Promotion>({
			method: 'POST',
			path: '/promotions',
			body: readPlan(call),
			itemIndex: call.itemIndex,
			waitSeconds: 30,
		}),
};
