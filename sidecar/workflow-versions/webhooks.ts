import type { WorkflowGraph } from '../engines/engine';
import { findReferences } from './references';

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
	const references = findReferences({ ...graph, name: '', settings: {} });
	return references.flatMap((reference) => {
		if (reference.kind !== 'webhook' || reference.disabled || reference.address === null) return [];
		if (reference.type !== 'n8n-nodes-base.webhook') return [];
		// Any value does for a variable of the path.
		const path = reference.address.replaceAll(/:[^/]+/g, 'x');
		return reference.methods.map((method) => ({ method, path }));
	});
}
