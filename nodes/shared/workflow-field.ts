import type { INodeProperties } from 'n8n-workflow';

export const workflowFields = (operations: string[]): INodeProperties[] => [
	{
		displayName: 'Workflow',
		name: 'workflowId',
		type: 'workflowSelector',
		displayOptions: { show: { operation: operations } },
		default: '',
		required: true,
		description: 'It must be published and begin with an Execute Sub-workflow Trigger',
	},
];
