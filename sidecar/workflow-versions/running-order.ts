import type { WorkflowContent } from '../engines/port/workflow';
import { isObject } from './json-path';

/** One connection, seen from the node it leaves. */
export interface Wire {
	/** Index of the output it leaves. */
	output: number;
	node: string;
	/** Connection type at the far end. */
	type: string;
	/** Index of the input it enters. */
	input: number;
}

/** wires[from node][connection type], in the order in which n8n starts the targets. Empty ones are left out. */
export type Wires = Map<string, Map<string, Wire[]>>;

/**
 * The connections of a workflow in running order.
 * Under executionOrder v1 n8n starts the targets of a node, over all its outputs, from top to bottom, then
 * from left to right; of two at the very same place the later one goes first. Before v1 it is by output, as
 * listed. Other types than main (tools, models) have no order.
 */
export function wiresInRunningOrder(
	content: Pick<WorkflowContent, 'nodes' | 'connections' | 'settings'>,
): Wires {
	const byPlace = content.settings?.['executionOrder'] === 'v1';
	const positions = new Map(content.nodes.map((node) => [node.name, node.position ?? [0, 0]]));
	const wires: Wires = new Map();
	for (const [from, byType] of Object.entries(content.connections ?? {})) {
		const ofNode = new Map<string, Wire[]>();
		for (const [type, outputs] of Object.entries(byType ?? {})) {
			const listed = (outputs ?? []).flatMap((targets, output) =>
				(targets ?? []).filter(isObject).map((target) => ({
					output,
					node: target.node,
					type: target.type ?? type,
					input: target.index ?? 0,
				})),
			);
			if (listed.length === 0) continue;
			if (type !== 'main') listed.sort(byName);
			else if (byPlace) listed.reverse().sort(byPosition(positions));
			ofNode.set(type, listed);
		}
		if (ofNode.size > 0) wires.set(from, ofNode);
	}
	return wires;
}

function byPosition(positions: Map<string, number[]>): (a: Wire, b: Wire) => number {
	return (a, b) => {
		const [ax = 0, ay = 0] = positions.get(a.node) ?? [];
		const [bx = 0, by = 0] = positions.get(b.node) ?? [];
		return ay - by || ax - bx;
	};
}

function byName(a: Wire, b: Wire): number {
	return (
		a.output - b.output ||
		compareText(a.node, b.node) ||
		compareText(a.type, b.type) ||
		a.input - b.input
	);
}

/** By code unit, so that it is the same on every machine. */
export function compareText(a: string, b: string): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
