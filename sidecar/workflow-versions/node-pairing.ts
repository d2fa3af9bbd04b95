import { isDeepStrictEqual } from 'node:util';
import type { WorkflowNode } from '../engines/port/workflow';
import { splitNode } from './canonical-node';

export interface NodePairs {
	/** Before and after of the same node; the name differs when it was renamed. */
	kept: Array<[before: WorkflowNode, after: WorkflowNode]>;
	removed: WorkflowNode[];
	added: WorkflowNode[];
}

/** Two nodes are the same by name; else by id and type; else when they do the same. */
export function pairNodes(from: WorkflowNode[], to: WorkflowNode[]): NodePairs {
	const pairs: NodePairs = { kept: [], removed: [...from], added: [...to] };
	takePairs(pairs, (a, b) => a.name === b.name);
	takePairs(pairs, (a, b) => a.type === b.type && !!a['id'] && a['id'] === b['id']);
	takePairs(pairs, (a, b) => a.type === b.type && doTheSame(a, b));
	return pairs;
}

function takePairs(pairs: NodePairs, same: (a: WorkflowNode, b: WorkflowNode) => boolean): void {
	pairs.removed = pairs.removed.filter((before) => {
		const index = pairs.added.findIndex((after) => same(before, after));
		if (index === -1) return true;
		pairs.kept.push([before, ...pairs.added.splice(index, 1)] as [WorkflowNode, WorkflowNode]);
		return false;
	});
}

function doTheSame(a: WorkflowNode, b: WorkflowNode): boolean {
	const [before, after] = [a, b].map((node) => splitNode({ ...node, name: '' }).behaviour);
	return isDeepStrictEqual(before, after);
}
