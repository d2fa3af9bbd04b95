import type { WorkflowContent, WorkflowGraph } from '../engines/port/workflow';
import { pairNodes } from './node-pairing';
import { webhookReferences } from './webhook-references';

export interface ProductionWebhook {
	method: string;
	/** What follows the instance's webhook prefix. */
	path: string;
}

/**
 * The production webhooks that a published graph registers. One whose path is an expression is left
 * out: only the engine knows it.
 */
export function productionWebhooks(graph: WorkflowGraph): ProductionWebhook[] {
	return registered(graph).flatMap(({ type, method, path }) =>
		// Any value does for a variable of the path.
		type === 'n8n-nodes-base.webhook' ? [{ method, path: path.replaceAll(/:[^/]+/g, 'x') }] : [],
	);
}

/** Everything a published graph takes for itself: n8n keeps forms and chats in the same register. */
export function takenAddresses(graph: WorkflowGraph): ProductionWebhook[] {
	return registered(graph).map(({ method, path }) => ({ method, path }));
}

function registered(graph: WorkflowGraph): Array<ProductionWebhook & { type: string }> {
	return graph.nodes.flatMap((node) => {
		if (node.disabled === true) return [];
		const place = { place: '', node: node.name, disabled: false };
		return webhookReferences(node, place).flatMap((reference) => {
			if (reference.kind !== 'webhook' || reference.address === null) return [];
			const { type, address: path } = reference;
			return reference.methods.map((method) => ({ type, method, path }));
		});
	});
}

/** The same content with the webhook ids that its nodes have in the target, so that no URL changes. */
export function keepWebhookIds(content: WorkflowContent, target: WorkflowGraph): WorkflowContent {
	const kept = new Map(
		pairNodes(target.nodes, content.nodes).kept.flatMap(([theirs, ours]) =>
			theirs.type === ours.type && theirs['webhookId'] !== undefined
				? [[ours.name, theirs['webhookId']] as const]
				: [],
		),
	);
	return {
		...content,
		nodes: content.nodes.map((node) =>
			kept.has(node.name) ? { ...node, webhookId: kept.get(node.name) } : node,
		),
	};
}
