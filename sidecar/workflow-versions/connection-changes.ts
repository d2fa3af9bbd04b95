import type { WorkflowContent } from '../engines/port/workflow';
import type { FieldChange } from './field-changes';
import { wiresInRunningOrder, type Wire, type Wires } from './running-order';

export interface ConnectionChange {
	change: 'added' | 'removed';
	from: string;
	to: string;
	type: string;
}

/** Connections that came and went, names of before told in today's names. */
export function connectionChanges(
	from: WorkflowContent,
	to: WorkflowContent,
	nameNow: (name: string) => string,
): ConnectionChange[] {
	const before = listed(wiresInRunningOrder(from), nameNow);
	const after = listed(wiresInRunningOrder(to), (name) => name);
	const removed = without(before, after);
	const added = without(after, before);
	return [
		...removed.map((line) => ({ change: 'removed' as const, ...line.told })),
		...added.map((line) => ({ change: 'added' as const, ...line.told })),
	];
}

/** Nodes whose targets are the same but start in another order: a moved node can do that. */
export function orderChanges(
	from: WorkflowContent,
	to: WorkflowContent,
	nameNow: (name: string) => string,
): Array<{ node: string; change: FieldChange }> {
	const before = new Map(
		[...wiresInRunningOrder(from)].map(([node, types]) => [
			nameNow(node),
			(types.get('main') ?? []).map((wire) => ({ ...wire, node: nameNow(wire.node) })),
		]),
	);
	return [...wiresInRunningOrder(to)].flatMap(([node, types]) => {
		const now = (types.get('main') ?? []).map(spelled);
		const then = (before.get(node) ?? []).map(spelled);
		const reordered =
			now.join('\n') !== then.join('\n') &&
			now.toSorted().join('\n') === then.toSorted().join('\n');
		return reordered ? [{ node, change: { path: 'runningOrder', before: then, after: now } }] : [];
	});
}

function spelled(wire: Wire): string {
	const output = wire.output === 0 ? '' : `output ${wire.output} → `;
	const input = wire.input === 0 ? '' : ` (input ${wire.input})`;
	return `${output}${wire.node}${input}`;
}

interface Line {
	key: string;
	told: { from: string; to: string; type: string };
}

function listed(wires: Wires, nameNow: (name: string) => string): Line[] {
	return [...wires].flatMap(([from, types]) =>
		[...types].flatMap(([type, ofType]) =>
			ofType.map((wire) => {
				const end = (name: string, index: number) => (index === 0 ? name : `${name}[${index}]`);
				const told = {
					from: end(nameNow(from), wire.output),
					to: end(nameNow(wire.node), wire.input),
					type,
				};
				return { key: JSON.stringify([told, wire.type]), told };
			}),
		),
	);
}

function without(lines: Line[], others: Line[]): Line[] {
	const left = others.map((line) => line.key);
	return lines.filter((line) => {
		const index = left.indexOf(line.key);
		if (index === -1) return true;
		left.splice(index, 1);
		return false;
	});
}
