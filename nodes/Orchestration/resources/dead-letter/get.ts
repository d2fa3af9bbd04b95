import type { DeadLetterDetail } from '../../../../sidecar/contract/dead-letters';
import { deadLetterField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

const id = deadLetterField;

export const getDeadLetter: Operation = {
	name: 'Get',
	action: 'Get a dead letter',
	description: 'Read a dead letter with its payload and all replays',
	fields: [id],
	execute: async (call) =>
		await call.sidecar.request<DeadLetterDetail>({
			method: 'GET',
			path: `/dead-letters/${segment(requiredText(call, id))}`,
			itemIndex: call.itemIndex,
		}),
};
