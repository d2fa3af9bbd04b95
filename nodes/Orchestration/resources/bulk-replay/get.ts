import { ask, type Operation, requiredText, segment } from '../../operation';
import { bulkReplayField } from './id-field';

export const getBulkReplay: Operation = {
	name: 'Get',
	action: 'Get a bulk replay',
	description: 'Read how far a bulk replay is and what came of its letters',
	fields: [bulkReplayField],
	execute: async (call) => {
		const id = segment(requiredText(call, bulkReplayField));
		return await ask(call, 'GET', `/replays/${id}`);
	},
};
