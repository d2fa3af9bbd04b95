import type {
	EngineWorkflow,
	Publication,
	WorkflowConnections,
	WorkflowContent,
	WorkflowGraph,
	WorkflowNode,
	WorkflowSummary,
} from '../port/workflow';
import type { GraphWire, WorkflowWire } from './workflow-endpoints';

/** n8n's JSON of a workflow as the port has it. */
export function readWorkflow(wire: WorkflowWire): EngineWorkflow {
	return {
		id: wire.id,
		content: readContent(wire),
		draftVersionId: wire.versionId ?? '',
		live: readLive(wire),
		tags: (wire.tags ?? []).map(({ id, name }) => ({ id, name })),
		archived: wire.isArchived ?? false,
		changeCounter: wire.versionCounter ?? null,
		updatedAt: wire.updatedAt ?? '',
		staticData: wire.staticData ?? null,
		pinData: wire.pinData ?? null,
	};
}

export function readSummary(wire: WorkflowWire): WorkflowSummary {
	const live = readLive(wire);
	return {
		id: wire.id,
		name: wire.name,
		active: live !== null,
		archived: wire.isArchived ?? false,
		draftVersionId: wire.versionId ?? null,
		liveVersionId: live?.versionId ?? null,
		updatedAt: wire.updatedAt ?? '',
		tags: (wire.tags ?? []).map(({ name }) => name),
	};
}

export function readGraph(wire: GraphWire): WorkflowGraph {
	return {
		nodes: wire.nodes as WorkflowNode[],
		connections: wire.connections as WorkflowConnections,
		...(Array.isArray(wire.nodeGroups) ? { nodeGroups: wire.nodeGroups } : {}),
	};
}

export function readContent(
	wire: GraphWire & {
		name?: string | null | undefined;
		settings?: Record<string, unknown> | null | undefined;
		description?: unknown;
	},
): WorkflowContent {
	return {
		name: wire.name ?? '',
		...readGraph(wire),
		settings: wire.settings ?? {},
		...(typeof wire.description === 'string' && wire.description !== ''
			? { description: wire.description }
			: {}),
	};
}

function readLive(wire: WorkflowWire): EngineWorkflow['live'] {
	// An n8n without drafts runs what it shows.
	if (wire.activeVersionId === undefined) {
		return wire.active === true
			? { versionId: wire.versionId ?? '', graph: readGraph(wire) }
			: null;
	}
	if (wire.activeVersionId === null) return null;
	const publications = wire.activeVersion?.workflowPublishHistory;
	return {
		versionId: wire.activeVersionId,
		graph: readGraph(wire.activeVersion ?? wire),
		...(publications ? { publications: readPublications(publications) } : {}),
	};
}

function readPublications(
	events: ReadonlyArray<{ id: number; event: string; createdAt: string }>,
): Publication[] {
	return events
		.map(({ id, event, createdAt }) => ({ id, began: event === 'activated', at: createdAt }))
		.sort((one, other) => one.id - other.id);
}
