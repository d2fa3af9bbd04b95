import type { components } from '../api/schema';

export type VersionDiff = components['schemas']['VersionDiff'];

/** What of n8n's JSON the canvas needs. */
export interface WorkflowContent {
	nodes: unknown[];
	connections: Record<string, unknown>;
}

export type Change = 'added' | 'removed' | 'changed' | 'moved' | 'same';

export interface DrawnNode {
	name: string;
	/** Without the package: `httpRequest`. */
	type: string;
	x: number;
	y: number;
	change: Change;
	isDisabled: boolean;
	isNote: boolean;
}

export interface DrawnEdge {
	id: string;
	from: string;
	to: string;
	type: string;
	change: 'added' | 'removed' | 'same';
}

export interface Graph {
	nodes: DrawnNode[];
	edges: DrawnEdge[];
}

/**
 * Both versions in one picture: what is there now at its place, what is gone where it was. Without an
 * earlier version everything is as it is.
 */
export function drawDiff(
	now: WorkflowContent,
	before: WorkflowContent | null,
	diff: VersionDiff | null,
): Graph {
	const changes = new Map(diff?.nodes.map(({ name, change }) => [name, change]));
	const nodes = now.nodes.map((node) => drawn(node, (name) => changes.get(name) ?? 'same'));
	const present = new Set(nodes.map(({ name }) => name));
	const gone = (before?.nodes ?? [])
		.map((node) => drawn(node, () => 'removed'))
		.filter(({ name }) => changes.get(name) === 'removed' && !present.has(name));
	const renamed = new Map(
		diff?.nodes.flatMap(({ name, renamedFrom }) => (renamedFrom ? [[renamedFrom, name]] : [])),
	);
	return {
		nodes: [...nodes, ...gone],
		edges: edgesOf(edgeKeys(now), before && edgeKeys(before, renamed)),
	};
}

function drawn(node: unknown, changeOf: (name: string) => Change): DrawnNode {
	const given = node as Record<string, unknown>;
	const name = String(given['name'] ?? '');
	const type = String(given['type'] ?? '').replace(/^.*\./, '');
	const [x, y] = Array.isArray(given['position']) ? (given['position'] as unknown[]) : [];
	return {
		name,
		type,
		x: Number(x ?? 0),
		y: Number(y ?? 0),
		change: changeOf(name),
		isDisabled: given['disabled'] === true,
		isNote: type === 'stickyNote',
	};
}

/** `from output type to` of every connection, with the names the nodes have now. */
function edgeKeys(
	{ connections }: WorkflowContent,
	renamed: ReadonlyMap<string, string> = new Map(),
): Map<string, Omit<DrawnEdge, 'id' | 'change'>> {
	const called = (name: string) => renamed.get(name) ?? name;
	const keys = new Map<string, Omit<DrawnEdge, 'id' | 'change'>>();
	for (const [source, byType] of Object.entries(connections)) {
		for (const [type, outputs] of Object.entries((byType ?? {}) as Record<string, unknown>)) {
			for (const [output, targets] of ((outputs ?? []) as unknown[][]).entries()) {
				for (const target of (targets ?? []) as { node: string; index?: number }[]) {
					const edge = { from: called(source), to: called(target.node), type };
					keys.set(JSON.stringify([edge.from, output, type, edge.to, target.index ?? 0]), edge);
				}
			}
		}
	}
	return keys;
}

type Keys = ReturnType<typeof edgeKeys>;

function edgesOf(now: Keys, before: Keys | null): DrawnEdge[] {
	const edges: DrawnEdge[] = [];
	for (const [id, edge] of now) {
		edges.push({ id, ...edge, change: before === null || before.has(id) ? 'same' : 'added' });
	}
	for (const [id, edge] of before ?? []) {
		if (!now.has(id)) edges.push({ id, ...edge, change: 'removed' });
	}
	return edges;
}
