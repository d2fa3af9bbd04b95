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

const locator = (
	name: string,
	displayName: string,
	description: string,
	searchListMethod: string,
	byHand: { displayName: string; name: string; placeholder?: string },
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
			typeOptions: { searchListMethod, searchable: true },
		},
		{ ...byHand, type: 'string' },
	],
});

export const circuitField = locator(
	'circuit',
	'Circuit',
	'Circuit that all workers share',
	'searchCircuits',
	{ displayName: 'By Key', name: 'name', placeholder: 'billing-api' },
);

export const rateLimitField = locator(
	'rateLimit',
	'Rate Limit',
	'Limit as the Rate Limit nodes name it',
	'searchRateLimits',
	{ displayName: 'By Key', name: 'name', placeholder: 'billing-api' },
);

export const deadLetterField = locator(
	'deadLetterId',
	'Dead Letter',
	'The list shows the newest that are not closed',
	'searchDeadLetters',
	{ displayName: 'By ID', name: 'id', placeholder: '0198c0de-0000-7000-8000-000000000040' },
);

/** A workflow that can be started: its id in the environment above, or its key. */
export const startableField: INodeProperties = {
	...workflowField,
	description: 'Workflow of the environment above; what is published runs',
	modes: [
		...(workflowField.modes ?? []).slice(0, 1),
		{ displayName: 'By ID or Key', name: 'id', type: 'string', placeholder: 'aB3dE5fG7hI9jK1l' },
	],
};
