import { ask, type Operation, requiredText, segment } from '../../operation';
import { bulkReplayField } from './id-field';

export const cancelBulkReplay: Operation = {
	name: 'Cancel',
	action: 'Cancel a bulk replay',
	description: 'Begin no more of its letters; those under way go on to their end',
	fields: [bulkReplayField],
	execute: async (call) => {
		const id = segment(requiredText(call, bulkReplayField));
		return await ask(call, 'POST', `/replays/${id}/cancel`);
	},
};
