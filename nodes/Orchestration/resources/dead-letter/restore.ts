import type { DeadLetterDetail } from '../../../../sidecar/contract/dead-letters';
import { deadLetterField } from '../../fields';
import { ask, type Operation, requiredText, segment } from '../../operation';

export const restoreDeadLetter: Operation = {
	name: 'Restore',
	action: 'Restore a dead letter',
	description: 'Take an expired dead letter out of the archive, so that it waits again',
	fields: [deadLetterField],
	execute: async (call) => {
		const id = segment(requiredText(call, deadLetterField));
		return await ask<DeadLetterDetail>(call, 'POST', `/dead-letters/${id}/restore`);
	},
};
