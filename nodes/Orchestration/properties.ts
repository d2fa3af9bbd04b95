import type { INodeProperties } from 'n8n-workflow';

import { authenticationProperty } from '../shared/sidecar-credentials';
import type { Resource } from './operation';
import { resources } from './resources';

function operationsOf(
	value: string,
	{ operations, defaultOperation }: Resource,
): INodeProperties[] {
	const entries = Object.entries(operations);
	const selector: INodeProperties = {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options: entries.map(([operation, { name, action, description }]) => ({
			name,
			value: operation,
			action,
			description,
		})),
		default: defaultOperation,
	};
	const fields = entries.flatMap(([operation, { fields: own }]) =>
		own.map((field) => ({
			...field,
			displayOptions: {
				...field.displayOptions,
				show: { ...field.displayOptions?.show, resource: [value], operation: [operation] },
			},
		})),
	);
	return [selector, ...fields];
}

export const orchestrationProperties: INodeProperties[] = [
	authenticationProperty,
	{
		displayName: 'Resource',
		name: 'resource',
		type: 'options',
		noDataExpression: true,
		options: Object.entries(resources).map(([value, { name }]) => ({ name, value })),
		default: 'deadLetter',
	},
	...Object.entries(resources).flatMap(([value, resource]) => operationsOf(value, resource)),
];
