import { ask, type Operation, requiredText, segment } from '../../operation';
import { executionField } from './id-field';

export const getExecution: Operation = {
	name: 'Get',
	action: 'Get an execution',
	description: 'Read an execution with what it was given, what came of it, and each attempt',
	fields: [executionField],
	execute: async (call) => {
		const id = segment(requiredText(call, executionField));
		return await ask(call, 'GET', `/executions/${id}`);
	},
};
