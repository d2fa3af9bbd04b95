import type { DeadLetterDetail } from '../../../../sidecar/contract/dead-letters';
import { deadLetterField } from '../../fields';
import { collection, filledIn, type Operation, requiredText, segment } from '../../operation';

const id = deadLetterField;

export const discardDeadLetter: Operation = {
	name: 'Discard',
	action: 'Discard a dead letter',
	description: 'Close a dead letter without replaying it',
	fields: [
		id,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Reason',
					name: 'reason',
					type: 'string',
					default: '',
					description: 'Why it is given up, for whoever looks at the letter later',
				},
			],
		},
	],
	execute: async (call) =>
		await call.sidecar.request<DeadLetterDetail>({
			method: 'POST',
			path: `/dead-letters/${segment(requiredText(call, id))}/discard`,
			body: filledIn(collection(call, 'options')),
			itemIndex: call.itemIndex,
		}),
};
