import type { INodeProperties } from 'n8n-workflow';

export const workflowField: INodeProperties = {
	displayName: 'Workflow',
	name: 'workflowId',
	type: 'workflowSelector',
	default: '',
	required: true,
	description: 'It must be published and begin with an Execute Sub-workflow Trigger',
};

export const workflowFields = (operations: string[]): INodeProperties[] => [
	{ ...workflowField, displayOptions: { show: { operation: operations } } },
];
