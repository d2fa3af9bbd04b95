/** JSON of one node as the engine stores it; fields we do not know are kept. */
export interface WorkflowNode {
	name: string;
	type: string;
	typeVersion?: number;
	position?: [number, number];
	parameters?: Record<string, unknown>;
	credentials?: Record<string, { id?: string | null; name?: string }>;
	disabled?: boolean;
	[field: string]: unknown;
}

/** connections[from node][connection type][output index] = targets */
export type WorkflowConnections = Record<
	string,
	Record<string, Array<Array<{ node: string; type: string; index: number }> | null>>
>;

/** What a workflow is, apart from where it lives. */
export interface WorkflowContent {
	name: string;
	nodes: WorkflowNode[];
	connections: WorkflowConnections;
	settings: Record<string, unknown>;
	nodeGroups?: unknown[];
	description?: string;
}

/** The part of a workflow that its engine versions. */
export type WorkflowGraph = Pick<WorkflowContent, 'nodes' | 'connections' | 'nodeGroups'>;

export interface EngineWorkflow {
	id: string;
	/** What the editor shows: the draft. */
	content: WorkflowContent;
	draftVersionId: string;
	/** What production runs; null when not published. */
	live: LiveVersion | null;
	tags: Array<{ id: string; name: string }>;
	archived: boolean;
	/** Grows with every change of content or settings, where the engine has it. */
	changeCounter: number | null;
	updatedAt: string;
	staticData: unknown;
	pinData: unknown;
}

export interface LiveVersion {
	versionId: string;
	graph: WorkflowGraph;
	/** When this version went into and out of service, oldest first; absent where the engine was not asked. */
	publications?: Publication[];
}

export interface Publication {
	/** Counted over all workflows of the instance; what ends with the beginning of another is one less. */
	id: number;
	began: boolean;
	/** ISO date-time. */
	at: string;
}

export interface WorkflowSummary {
	id: string;
	name: string;
	active: boolean;
	archived: boolean;
	draftVersionId: string | null;
	liveVersionId: string | null;
	updatedAt: string;
	tags: string[];
}
