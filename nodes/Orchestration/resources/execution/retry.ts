import { ask, type Operation, requiredText, segment } from '../../operation';
import { executionField } from './id-field';

export const retryExecution: Operation = {
	name: 'Retry',
	action: 'Retry an execution',
	description: 'Start an execution that is over again, with what it was given',
	fields: [executionField],
	execute: async (call) => {
		const id = segment(requiredText(call, executionField));
		return await ask(call, 'POST', `/executions/${id}/retry`);
	},
};
