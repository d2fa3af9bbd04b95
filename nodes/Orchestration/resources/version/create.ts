import type { Version, VersionInput } from '../../../../sidecar/contract/versions';
import { environmentField, workflowField } from '../../fields';
import { collection, filledIn, type Operation, requiredText } from '../../operation';

const environment = environmentField();

export const createVersion: Operation = {
	name: 'Create',
	action: 'Create a version',
	description: 'Take a snapshot of a workflow; unchanged content gives the same version back',
	fields: [
		environment,
		workflowField,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Message',
					name: 'message',
					type: 'string',
					default: '',
					description: 'What changed and why',
				},
			],
		},
	],
	execute: async (call) =>
		await call.sidecar.request<Version>({
			method: 'POST',
			path: '/versions',
			body: {
				environment: requiredText(call, environment),
				workflowId: requiredText(call, workflowField),
				...filledIn(collection(call, 'options')),
			} satisfies VersionInput,
			itemIndex: call.itemIndex,
		}),
};
