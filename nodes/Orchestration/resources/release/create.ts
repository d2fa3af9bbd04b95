import type { INodeProperties } from 'n8n-workflow';

import type { Release, ReleaseInput } from '../../../../sidecar/contract/versions';
import { environmentField, workflowField } from '../../fields';
import {
	ask,
	collection,
	commaSeparated,
	type Operation,
	optionsField,
	requiredText,
} from '../../operation';

const environment = environmentField();
const options: INodeProperties[] = [
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		description: 'What is in it and why',
	},
	{
		displayName: 'More Workflow IDs',
		name: 'moreWorkflowIds',
		type: 'string',
		default: '',
		description:
			'Separated by commas. Workflows called by the chosen one come along without being named.',
	},
];

export const createRelease: Operation = {
	name: 'Create',
	action: 'Create a release',
	description: 'Put versions of workflows together with all that they call',
	fields: [environment, workflowField, optionsField(options)],
	execute: async (call) => {
		const { message, moreWorkflowIds } = collection(call, 'options');
		const body: ReleaseInput = {
			environment: requiredText(call, environment),
			workflowIds: [requiredText(call, workflowField), ...commaSeparated(moreWorkflowIds)],
			...(message ? { message: String(message) } : {}),
		};
		return await ask<Release>(call, 'POST', '/releases', { body, waitSeconds: 30 });
	},
};
