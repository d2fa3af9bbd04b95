import { ask, type Operation, requiredText, segment } from '../../operation';
import { executionField } from './id-field';

export const cancelExecution: Operation = {
	name: 'Cancel',
	action: 'Cancel an execution',
	description: 'Stop an execution, or take it out of the queue',
	fields: [executionField],
	execute: async (call) => {
		const id = segment(requiredText(call, executionField));
		return await ask(call, 'POST', `/executions/${id}/cancel`);
	},
};
