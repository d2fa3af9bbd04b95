import type { EngineWorkflow, WorkflowContent, WorkflowGraph } from '../engines/port/workflow';
import { fingerprint, type Fingerprint } from '../workflow-versions/fingerprint';

/** Digests of the parts of a workflow that can drift apart from each other. */
export interface Prints {
	graph: Fingerprint;
	settings: Fingerprint;
	name: string;
	description: string;
}

/** What an expectation remembers, so that an unchanged workflow is known without its contents. */
export interface RememberedPrints {
	draft: Prints;
	/** Null: not published. */
	live: Fingerprint | null;
}

export function onlyGraph({ nodes, connections, nodeGroups }: WorkflowGraph): WorkflowContent {
	return { name: '', nodes, connections, settings: {}, ...(nodeGroups ? { nodeGroups } : {}) };
}

export function onlySettings({ settings }: Pick<WorkflowContent, 'settings'>): WorkflowContent {
	return { name: '', nodes: [], connections: {}, settings };
}

export function graphPrint(graph: WorkflowGraph): Fingerprint {
	return fingerprint(onlyGraph(graph));
}

export function printsOf(content: WorkflowContent): Prints {
	return {
		graph: graphPrint(content),
		settings: fingerprint(onlySettings(content)),
		name: content.name,
		description: content.description ?? '',
	};
}

export function withoutCredentials(graph: WorkflowGraph): WorkflowGraph {
	return { ...graph, nodes: graph.nodes.map(({ credentials: _, ...node }) => node) };
}

/** Versions of engines never change, so their digests are worked out once. */
const rememberedGraphs = 5_000;

export type GraphPrintOf = (versionId: string, graph: WorkflowGraph) => Fingerprint;

export function rememberingPrints(): GraphPrintOf {
	const known = new Map<string, Fingerprint>();
	return (versionId, graph) => {
		const found = known.get(versionId);
		if (found) return found;
		const print = graphPrint(graph);
		// An engine without versions has no name for it.
		if (versionId === '') return print;
		if (known.size >= rememberedGraphs) known.clear();
		known.set(versionId, print);
		return print;
	};
}

/** Whether nothing that the prints show has moved. */
export function isAsRemembered(
	remembered: RememberedPrints,
	{ content, draftVersionId, live, archived }: EngineWorkflow,
	printOf: GraphPrintOf,
): boolean {
	if (archived) return false;
	const { graph, settings, name, description } = remembered.draft;
	const now = onlySettings(content);
	return (
		name === content.name &&
		description === (content.description ?? '') &&
		same(settings, fingerprint(now)) &&
		same(graph, printOf(draftVersionId, content)) &&
		(live === null
			? remembered.live === null
			: remembered.live !== null && same(remembered.live, printOf(live.versionId, live.graph)))
	);
}

function same(one: Fingerprint, other: Fingerprint): boolean {
	return one.digest === other.digest && one.appearanceDigest === other.appearanceDigest;
}
