import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { executedNode, pairedItemOf } from './executed-node';

/**
 * What a failed node was given, from an item of its error output; `input` is that item's JSON
 * without the error. Some nodes keep only the error: then it is what the node's own parent gave.
 */
export function failedInput(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	input: INodeExecutionData['json'] | undefined,
	failedNode: string | undefined,
	itemIndex: number,
): INodeExecutionData {
	const kept = { ...item, json: input ?? item.json };
	if (!failedNode || !input || Object.keys(input).length > 0 || item.binary) return kept;
	return (
		context
			.getParentNodes(failedNode, { depth: 1 })
			.map(({ name }) => executedNode(context, name, itemIndex))
			.filter((node) => node.isExecuted)
			.map((node) => pairedItemOf(node, itemIndex))
			.find((found) => found !== undefined) ?? kept
	);
}
