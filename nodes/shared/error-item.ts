import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { reportOf } from './sidecar-error';

/**
 * An item that could not be worked on, for a node that goes on. n8n moves it to the error output
 * and puts the input back in; without an error output it must carry the input itself.
 */
export function errorItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	error: unknown,
): INodeExecutionData {
	const report = reportOf(error) as IDataObject;
	const toErrorOutput = context.getNode().onError === 'continueErrorOutput';
	return {
		json: toErrorOutput ? { error: report } : { ...item.json, error: report },
		...(item.binary ? { binary: item.binary } : {}),
		pairedItem: { item: itemIndex },
	};
}

/** The item as it came, paired with itself; `json` replaces what it holds. */
export function sameItem(
	item: INodeExecutionData,
	itemIndex: number,
	json: IDataObject = item.json,
): INodeExecutionData {
	return {
		json,
		...(item.binary ? { binary: item.binary } : {}),
		pairedItem: { item: itemIndex },
	};
}
