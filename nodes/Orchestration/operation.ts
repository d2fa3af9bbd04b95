import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { Sidecar } from '../shared/sidecar-client';

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
	const value = context.getNodeParameter(field.name, itemIndex, '', { extractValue: true });
	const text = String(value ?? '').trim();
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

export const segment = encodeURIComponent;
