import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { type OperationCall } from './operation';

export const environmentField = (
	name = 'environment',
	displayName = 'Environment',
	description = 'Environment as registered in the sidecar',
): INodeProperties => ({
	displayName,
	name,
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description,
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchEnvironments', searchable: true },
		},
		{ displayName: 'By Name', name: 'name', type: 'string', placeholder: 'production' },
	],
});

export const workflowField: INodeProperties = {
	displayName: 'Workflow',
	name: 'workflow',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Workflow of the environment above',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchWorkflows', searchable: true },
		},
		{ displayName: 'By ID', name: 'id', type: 'string', placeholder: 'aB3dE5fG7hI9jK1l' },
	],
};

export const workflowKeyField: INodeProperties = {
	displayName: 'Workflow',
	name: 'workflowKey',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	required: true,
	description: 'Workflow the sidecar has versions of; its key is the same in all environments',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			typeOptions: { searchListMethod: 'searchWorkflowKeys', searchable: true },
		},
		{ displayName: 'By Key', name: 'key', type: 'string' },
	],
};

export const idField = (name: string, displayName: string): INodeProperties => ({
	displayName,
	name,
	type: 'string',
	default: '',
	required: true,
});

export const manyFields: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** A list as `manyFields` ask for it. */
export async function listMany(
	{ context, sidecar, itemIndex }: OperationCall,
	path: string,
	query: IDataObject = {},
): Promise<object[]> {
	const all = context.getNodeParameter('returnAll', itemIndex, false) as boolean;
	const limit = context.getNodeParameter('limit', itemIndex, 50) as number;
	return await sidecar.list<object>(path, query, all ? Infinity : limit, itemIndex);
}
