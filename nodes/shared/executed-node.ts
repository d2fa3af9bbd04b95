import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/** The part of n8n's data proxy we use; it is what an expression's $('Name') gives. */
interface ExecutedNode {
	isExecuted: boolean;
	itemMatching(index: number): INodeExecutionData | undefined;
	all(): INodeExecutionData[];
}

export function executedNode(
	context: IExecuteFunctions,
	name: string,
	itemIndex: number,
): ExecutedNode {
	const proxy = context.getWorkflowDataProxy(itemIndex) as {
		$(name: string, wholeItems: true): ExecutedNode;
	};
	return proxy.$(name, true);
}

/** The item of that node our item stems from; undefined where n8n lost the thread. */
export function pairedItemOf(
	node: ExecutedNode,
	itemIndex: number,
): INodeExecutionData | undefined {
	try {
		return node.itemMatching(itemIndex);
	} catch {
		// n8n throws when a node in between gave its items no pairing, or several.
		return undefined;
	}
}
