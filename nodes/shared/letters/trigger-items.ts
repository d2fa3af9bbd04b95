import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { executedNode, pairedItemOf } from '../executed-node';

export interface TriggerItems {
	node: string;
	items: INodeExecutionData[];
	/** False when n8n could not say which item of the trigger this one stems from: then it is all. */
	paired: boolean;
}

/** The trigger that started this execution: ran, and nothing leads into it. */
export function findTrigger(context: IExecuteFunctions): string | undefined {
	return context
		.getParentNodes(context.getNode().name)
		.filter(({ name }) => context.getParentNodes(name).length === 0)
		.find(({ name }) => executedNode(context, name, 0).isExecuted)?.name;
}

/** The item leaving the trigger that item `itemIndex` of our input stems from. */
export function readTriggerItems(
	context: IExecuteFunctions,
	trigger: string,
	itemIndex: number,
): TriggerItems {
	const node = executedNode(context, trigger, itemIndex);
	const item = pairedItemOf(node, itemIndex);
	return { node: trigger, items: item ? [item] : node.all(), paired: item !== undefined };
}
