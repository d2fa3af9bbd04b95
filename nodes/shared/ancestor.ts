import type { IExecuteFunctions, INodeExecutionData, IPairedItemData } from 'n8n-workflow';

interface DataProxy {
	$getPairedItem(
		node: string,
		source: object,
		pairedItem: IPairedItemData,
	): INodeExecutionData | null | undefined;
}

/**
 * Looks an input item's ancestor up: the item, nearest on the way back, that left that node. Also
 * finds an earlier run of the asking node itself, which $('…') refuses. Undefined when that node is
 * not on the way, or a node in between gave no pairing.
 */
export function ancestors(context: IExecuteFunctions) {
	const { $getPairedItem } = context.getWorkflowDataProxy(0) as unknown as DataProxy;
	const sources = context.getExecuteData().source?.['main'] ?? [];
	return (item: INodeExecutionData, node: string): INodeExecutionData | undefined => {
		const paired = item.pairedItem as IPairedItemData | undefined;
		const source = sources[paired?.input ?? 0];
		if (!source || paired === undefined) return undefined;
		try {
			return $getPairedItem(node, source, paired) ?? undefined;
		} catch {
			// n8n throws when it loses the thread.
			return undefined;
		}
	};
}
