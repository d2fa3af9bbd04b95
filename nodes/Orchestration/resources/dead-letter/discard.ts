import type { DeadLetter } from '../../../../sidecar/contract/dead-letters';
import { idField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

const id = idField('deadLetterId', 'Dead Letter ID');

export const discardDeadLetter: Operation = {
	name: 'Discard',
	action: 'Discard a dead letter',
	description: 'Close a dead letter without replaying it',
	fields: [id],
	execute: async (call) =>
		await call.sidecar.request<DeadLetter>({
			method: 'POST',
			path: `/dead-letters/${segment(requiredText(call, id))}/discard`,
			itemIndex: call.itemIndex,
		}),
};
