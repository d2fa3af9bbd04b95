import type { PromotionPhase } from '../../../../sidecar/contract/promotions';
import { listMany, manyFields } from '../../fields';
import { collection, filledIn, type Operation } from '../../operation';

const phases: Record<PromotionPhase, string> = {
	aborted: 'Aborted',
	applying: 'Applying',
	'awaiting-approval': 'Awaiting Approval',
	errored: 'Errored',
	failed: 'Failed',
	planned: 'Planned',
	'rolled-back': 'Rolled Back',
	'rolling-back': 'Rolling Back',
	succeeded: 'Succeeded',
	verifying: 'Verifying',
};

export const getManyPromotions: Operation = {
	name: 'Get Many',
	action: 'Get many promotions',
	description: 'List promotions, newest first',
	fields: [
		...manyFields,
		{
			displayName: 'Filters',
			name: 'filters',
			type: 'collection',
			placeholder: 'Add filter',
			default: {},
			options: [
				{
					displayName: 'Phase',
					name: 'phase',
					type: 'options',
					options: Object.entries(phases).map(([value, name]) => ({ name, value })),
					default: 'succeeded',
				},
				{
					displayName: 'To',
					name: 'to',
					type: 'string',
					default: '',
					placeholder: 'production',
					description: 'Environment promoted into',
				},
			],
		},
	],
	execute: async (call) =>
		await listMany(call, '/promotions', filledIn(collection(call, 'filters'))),
};
