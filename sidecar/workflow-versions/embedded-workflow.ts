import type { WorkflowContent, WorkflowNode } from '../engines/port/workflow';
import { isObject } from './json-path';
import { sourceKeys, sourceOf } from './workflow-slots';

/** Keys below `parameters` of the JSON a node runs. */
export const embeddedKeys = ['workflowJson'];

/** The workflow that a node carries as JSON in its parameters; null when it has none we can read. */
export function embeddedWorkflow(node: WorkflowNode): WorkflowContent | null {
	if (sourceOf(node) !== 'parameter') return null;
	const json = node.parameters?.[sourceKeys['parameter'] ?? ''];
	const parsed = typeof json === 'string' ? parse(json) : json;
	if (!isObject(parsed) || !Array.isArray(parsed['nodes'])) return null;
	const nodes = parsed['nodes'].filter(
		(each): each is WorkflowNode =>
			isObject(each) && typeof each['name'] === 'string' && typeof each['type'] === 'string',
	);
	return {
		...parsed,
		name: typeof parsed['name'] === 'string' ? parsed['name'] : '',
		nodes,
		connections: (isObject(parsed['connections'])
			? parsed['connections']
			: {}) as WorkflowContent['connections'],
		settings: isObject(parsed['settings']) ? parsed['settings'] : {},
	};
}

function parse(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch (error) {
		// An expression, or JSON still being written: reported as a dynamic reference.
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
