import type {
	IDataObject,
	IExecuteFunctions,
	INodeProperties,
	INodePropertyOptions,
} from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { located } from '../shared/located';
import type { Sidecar, SidecarRequest } from '../shared/sidecar-client';

/** One run of an operation for one input item. */
export interface OperationCall {
	context: IExecuteFunctions;
	sidecar: Sidecar;
	itemIndex: number;
}

/** What an operation file exports: how it looks and what it does, side by side. */
export interface Operation {
	name: string;
	/** Label in the node panel. */
	action: string;
	description: string;
	/** Shown for this operation only; where they show is added in properties.ts. */
	fields: INodeProperties[];
	/** One object makes one item, a list makes one item an entry. */
	execute(call: OperationCall): Promise<object | object[]>;
}

export interface Resource {
	name: string;
	/** Operation chosen at first. */
	defaultOperation: string;
	/** By operation value, sorted by name. */
	operations: Record<string, Operation>;
}

/** A required text or resource locator, trimmed. Throws when it is empty. */
export function requiredText(
	{ context, itemIndex }: OperationCall,
	field: INodeProperties,
): string {
	const text = located(context.getNodeParameter(field.name, itemIndex, ''));
	if (text !== '') return text;
	throw new NodeOperationError(context.getNode(), `Expected "${field.displayName}", got nothing`, {
		description: 'Fill it in, or check what the expression gives for this item.',
		itemIndex,
	});
}

export function collection({ context, itemIndex }: OperationCall, name: string): IDataObject {
	return context.getNodeParameter(name, itemIndex, {}) as IDataObject;
}

/** Leaves out what the builder left empty. */
export function filledIn(values: IDataObject): IDataObject {
	return Object.fromEntries(
		Object.entries(values).filter(([, value]) => value !== '' && value !== undefined),
	);
}

/** A call of the sidecar for this item. */
export async function ask<T extends object>(
	{ sidecar, itemIndex }: OperationCall,
	method: SidecarRequest['method'],
	path: string,
	more: Pick<SidecarRequest, 'body' | 'query' | 'waitSeconds'> = {},
): Promise<T> {
	return await sidecar.request<T>({ method, path, ...more, itemIndex });
}

/** A number in a field of its own. Throws when an expression gave something else. */
export function requiredNumber(call: OperationCall, field: INodeProperties, least: number): number {
	const value: unknown = call.context.getNodeParameter(field.name, call.itemIndex, '');
	const number = value === '' || value === null ? NaN : Number(value);
	if (number >= least) return number;
	throw new NodeOperationError(
		call.context.getNode(),
		`Expected "${field.displayName}" to be a number from ${least} on, got ${JSON.stringify(value)}`,
		{
			description: 'Fill it in, or check what the expression gives for this item.',
			itemIndex: call.itemIndex,
		},
	);
}

/** JSON from a field, as text or as what an expression gave. Throws when the text is no JSON. */
export function jsonValue(call: OperationCall, label: string, value: unknown): unknown {
	if (typeof value !== 'string') return value;
	if (value.trim() === '') return undefined;
	try {
		return JSON.parse(value);
	} catch (error) {
		throw new NodeOperationError(
			call.context.getNode(),
			`Expected "${label}" to be JSON, got ${JSON.stringify(value.slice(0, 80))}`,
			{ description: (error as Error).message, itemIndex: call.itemIndex },
		);
	}
}

/** Parts of a list that is written with commas. */
export const commaSeparated = (text: unknown): string[] =>
	String(text ?? '')
		.split(',')
		.map((each) => each.trim())
		.filter(Boolean);

/** Entries of a choice, in the order of their names. */
export const choices = (names: Record<string, string>): INodePropertyOptions[] =>
	Object.entries(names)
		.map(([value, name]) => ({ name, value }))
		.sort((a, b) => (a.name < b.name ? -1 : 1));

/** Options of an operation, in the order of their names. */
export const optionsField = (
	options: INodeProperties[],
	displayName = 'Options',
	name = 'options',
): INodeProperties => ({
	displayName,
	name,
	type: 'collection',
	placeholder: name === 'filters' ? 'Add filter' : 'Add option',
	default: {},
	options: [...options].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
});

export const segment = encodeURIComponent;
