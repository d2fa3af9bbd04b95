/**
 * The engine port: what the product needs of whatever runs workflows. One adapter a folder below.
 * A verb that an engine cannot do is absent and told by `check()`, never faked.
 * Every method throws `OrchestrationError` with an `engine_*` code when the engine cannot be asked.
 */
export interface Engine {
	/** Says what the instance can do and what is missing. Never throws for a missing right: it reports it. */
	check(): Promise<EngineCheck>;
	readonly executions: Executions;
	/** Absent where workflows are code of the team's own (Temporal). */
	readonly definitions?: WorkflowDefinitions;
}

export interface EngineCheck {
	reachable: boolean;
	/** True when everything the sidecar needs is there. */
	ok: boolean;
	/** Version of the engine where it says so. */
	version: string | null;
	/** One entry per thing looked at: a right, an endpoint, a feature. */
	findings: Array<{
		name: string;
		ok: boolean;
		/** What it means and what to do next. */
		message: string;
	}>;
}

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
	live: { versionId: string; graph: WorkflowGraph } | null;
	tags: Array<{ id: string; name: string }>;
	archived: boolean;
	/** Grows with every change of content or settings, where the engine has it. */
	changeCounter: number | null;
	updatedAt: string;
	staticData: unknown;
	pinData: unknown;
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

export interface WorkflowDefinitions {
	list(): Promise<WorkflowSummary[]>;
	/** Whole workflows, drafts and live graphs; for questions over all of them. */
	listFull(): Promise<EngineWorkflow[]>;
	/** @throws workflow_not_found */
	get(id: string): Promise<EngineWorkflow>;
	/** Creates an unpublished workflow. @throws workflow_invalid */
	create(content: WorkflowContent): Promise<EngineWorkflow>;
	/**
	 * Replaces the draft and the settings without publishing.
	 * @param base what the caller has just read: settings in which it does not differ are not sent, so
	 * that one which somebody else changes in between stays. Default: read now
	 * @throws workflow_invalid, workflow_not_found
	 */
	saveDraft(
		id: string,
		content: WorkflowContent,
		base?: Pick<EngineWorkflow, 'content'>,
	): Promise<EngineWorkflow>;
	/** Asks for one version to go live. Accepted is not live: read back and probe. @throws engine_conflict, workflow_invalid */
	publish(id: string, versionId: string): Promise<void>;
	unpublish(id: string): Promise<void>;
	remove(id: string): Promise<void>;
	/** Newest first. */
	history(id: string): Promise<WorkflowHistoryEntry[]>;
	graphOf(id: string, versionId: string): Promise<WorkflowGraph>;
	/** Asks whether a production webhook is registered, without starting it. */
	probeWebhook(webhook: { method: string; path: string }): Promise<boolean>;
	listCredentials(): Promise<EngineCredential[]>;
	testCredential(id: string): Promise<CredentialTest>;
	/** Fields the engine takes in; the digest changes when its API does. */
	describeApi(): Promise<EngineApi>;
}

export interface WorkflowHistoryEntry {
	versionId: string;
	authors: string;
	createdAt: string;
}

export interface EngineCredential {
	id: string;
	name: string;
	type: string;
}

export type CredentialTest =
	| { result: 'ok' }
	| { result: 'failed'; message: string }
	/** The type brings no test. */
	| { result: 'untestable'; message: string };

export interface EngineApi {
	digest: string;
	/** Names the engine accepts; null where it does not say. */
	workflowFields: string[] | null;
	settingsFields: string[] | null;
	nodeFields: string[] | null;
	/** Settings are merged, not replaced: the value that takes a key away, for the keys that can be. */
	settingsReset: Record<string, unknown>;
}

export const executionStatuses = [
	'new',
	'running',
	'waiting',
	'success',
	'error',
	'crashed',
	'canceled',
	'unknown',
] as const;
export type ExecutionStatus = (typeof executionStatuses)[number];

export function isTerminalStatus(status: ExecutionStatus): boolean {
	return (
		status === 'success' || status === 'error' || status === 'crashed' || status === 'canceled'
	);
}

/** One item of data between nodes. `binary` holds base64 parts as n8n stores them. */
export interface Item {
	json: Record<string, unknown>;
	binary?: Record<string, unknown>;
}

export interface ExecutionRecord {
	id: string;
	workflowId: string;
	status: ExecutionStatus;
	/** How it was started, in the engine's words. */
	mode: string;
	retryOf: string | null;
	/** Set when a retry of it has succeeded. */
	retrySuccessId: string | null;
	startedAt: string | null;
	stoppedAt: string | null;
}

export interface ExecutionFailure {
	/** Name of the node that failed; null when the run died outside a node. */
	node: string | null;
	/** Class name of the error as thrown, e.g. NodeApiError. */
	name: string;
	message: string;
	description: string | null;
	httpStatus: number | null;
	/** What the failed node was given. Empty when not known. */
	input: Item[];
}

export interface ExecutionDetail extends ExecutionRecord {
	workflowName: string | null;
	/** What started the run and the items it gave; null when not (yet) visible. */
	trigger: { node: string; items: Item[] } | null;
	failure: ExecutionFailure | null;
	/** The execution that called this one as its sub-workflow. */
	parent: { executionId: string; workflowId: string } | null;
	/** Sub-workflows started without waiting for them, by workflow id. */
	detachedCalls: string[];
	/** W3C trace context the caller sent. */
	traceparent: string | null;
	/** What really ran; version ids of the engine may lie. */
	ran: WorkflowContent | null;
}

export interface ExecutionQuery {
	status?: ExecutionStatus;
	workflowId?: string;
	/** ISO date-time. */
	startedAfter?: string;
	/** Stop as soon as ids are not above this one. */
	aboveId?: string;
	/** Default: no limit. */
	limit?: number;
}

/** Which definition to run: any JSON, filed under `workflowId` in the engine's own list. */
export interface RunRequest {
	workflowId: string;
	content: WorkflowContent;
	/** The node that starts the run; items leave from it. */
	triggerNode: string;
	items: Item[];
	/** W3C traceparent, `00-<32 hex>-<16 hex>-<2 hex>`; finds the run again after a crash. */
	traceparent: string;
}

export type RunOutcome =
	| { status: 'success'; executionId: string | null; items: Item[] }
	| { status: 'error'; executionId: string | null; message: string }
	/** The answer did not come; ask `findRun` later. */
	| { status: 'in-doubt' };

export interface Executions {
	/** Newest first, all pages up to the limit. */
	list(query: ExecutionQuery): Promise<ExecutionRecord[]>;
	/** @throws execution_not_found */
	get(id: string): Promise<ExecutionDetail>;
	/** Runs again from the failed node with the definition that failed, and waits for the end. @throws engine_conflict, execution_not_found */
	retry(id: string): Promise<RunOutcome>;
	/** The retries of an execution started at or after `since`, newest first. */
	retriesOf(id: string, since: Date): Promise<ExecutionRecord[]>;
	stop(id: string): Promise<void>;
	/** Runs the given definition and waits for the end. */
	run(request: RunRequest): Promise<RunOutcome>;
	/** What became of a `run` whose answer was lost: null when it never started. */
	findRun(request: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<RunOutcome | null>;
	/** Whether an execution belongs to the sidecar's own machinery and is not the user's work. */
	isOwn(workflowId: string): boolean;
}

/** How to reach one engine, secrets opened. */
export interface EngineConnection {
	environment: string;
	engine: 'n8n' | 'temporal';
	baseUrl: string;
	apiKey: string | null;
	oauth2: {
		tokenUrl: string;
		clientId: string;
		clientSecret: string;
		scopes: string[];
	} | null;
}

/** What an adapter must remember between starts (ids of what it installed, its secrets); sealed at rest. */
export interface EngineMemory {
	load(): Promise<Record<string, string> | null>;
	save(state: Record<string, string>): Promise<void>;
}
