import { listMany, manyFields, workflowKeyField } from '../../fields';
import { type Operation, requiredText, segment } from '../../operation';

export const getManyVersions: Operation = {
	name: 'Get Many',
	action: 'Get many versions',
	description: 'List the versions of a workflow, newest first',
	fields: [workflowKeyField, ...manyFields],
	execute: async (call) =>
		await listMany(call, `/workflows/${segment(requiredText(call, workflowKeyField))}/versions`),
};
