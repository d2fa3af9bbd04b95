import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

/** A wire object as the JSON of an item that came from input item `itemIndex`. */
export function jsonItem(value: object, itemIndex: number): INodeExecutionData {
	return { json: value as IDataObject, pairedItem: { item: itemIndex } };
}
