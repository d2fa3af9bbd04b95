import type { WorkflowNode } from '../engines/port/workflow';
import { isObject, valueAt } from './json-path';
import { isResourceLocator, plainText } from './resource-locator';
import type { WorkflowUse } from './reference';

/** A place in a node's parameters that names a workflow. */
export interface WorkflowSlot {
	use: WorkflowUse;
	/** Keys below `parameters`. */
	keys: string[];
}

const callers: Record<string, WorkflowUse> = {
	'n8n-nodes-base.executeWorkflow': 'call',
	'@n8n/n8n-nodes-langchain.toolWorkflow': 'tool',
	'@n8n/n8n-nodes-langchain.retrieverWorkflow': 'retriever',
};
const manager = 'n8n-nodes-base.n8n';

/** Where a calling node takes its workflow from; null for other nodes. */
export function sourceOf(node: WorkflowNode): string | null {
	if (!Object.hasOwn(callers, node.type)) return null;
	const source = node.parameters?.['source'];
	return typeof source === 'string' && source !== '' ? source : 'database';
}

/** Keys of the parameter that holds what `sourceOf` names, for sources outside the instance. */
export const sourceKeys: Readonly<Record<string, string>> = {
	parameter: 'workflowJson',
	localFile: 'workflowPath',
	url: 'workflowUrl',
};

export function useOf(node: WorkflowNode): WorkflowUse {
	return callers[node.type] ?? 'manage';
}

export function workflowSlots(node: WorkflowNode): WorkflowSlot[] {
	const use = useOf(node);
	if (sourceOf(node) === 'database') return [{ use, keys: ['workflowId'] }];
	if (node.type !== manager) return [];
	return [
		{ use, keys: ['workflowId'] },
		{ use, keys: ['filters', 'workflowId'] },
	].filter(({ keys }) => valueAt(node.parameters, keys) !== undefined);
}

export type SlotValue =
	| { kind: 'empty' }
	| { kind: 'id'; id: string; name: string | null }
	| { kind: 'expression'; expression: string };

/** Reads a workflow or data-table slot: a plain string of old nodes, or a resource locator. */
export function readSlot(slot: unknown): SlotValue {
	const value = isResourceLocator(slot) ? slot.value : slot;
	const text = plainText(value);
	if (text === null) {
		return typeof value === 'string'
			? { kind: 'expression', expression: value }
			: { kind: 'empty' };
	}
	const name = isObject(slot) ? slot['cachedResultName'] : null;
	const byUrl = isResourceLocator(slot) && slot.mode === 'url';
	const id = byUrl ? (/\/workflow\/([0-9a-zA-Z]+)/.exec(text)?.[1] ?? '') : text.trim();
	return id === ''
		? { kind: 'empty' }
		: { kind: 'id', id, name: typeof name === 'string' ? name : null };
}
