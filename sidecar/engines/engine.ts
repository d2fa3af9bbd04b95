import { OrchestrationError } from '../kernel/errors';

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
	/** Absent where nothing of a workflow can be kept from reaching outside. */
	readonly rehearsals?: Rehearsals;
}

/** @throws capability_missing when workflows of the environment are not definitions of its engine */
export function requireDefinitions(engine: Engine, environment: string): WorkflowDefinitions {
	if (engine.definitions) return engine.definitions;
	throw new OrchestrationError(
		'capability_missing',
		`The engine of environment ${environment} keeps no workflow definitions: there workflows are code of your own, so there is nothing to read, version or promote. Name an environment whose engine is n8n.`,
		{ details: { environment } },
	);
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
	/**
	 * Asks for one version to go live. Accepted is not live: read back and probe.
	 * @returns the workflow as it was when the engine had taken it
	 * @throws engine_conflict, workflow_invalid
	 */
	publish(id: string, versionId: string): Promise<EngineWorkflow>;
	unpublish(id: string): Promise<void>;
	remove(id: string): Promise<void>;
	/** Absent where the engine has no tags. @throws workflow_not_found */
	setTags?(id: string, tagIds: string[]): Promise<void>;
	/** Newest first. */
	history(id: string): Promise<WorkflowHistoryEntry[]>;
	graphOf(id: string, versionId: string): Promise<WorkflowGraph>;
	/** Asks whether a production webhook is registered, without starting it. */
	probeWebhook(webhook: { method: string; path: string }): Promise<boolean>;
	listCredentials(): Promise<EngineCredential[]>;
	testCredential(id: string): Promise<CredentialTest>;
	/** Null where the access does not reach so far. */
	listDataTables?(): Promise<Array<{ id: string; name: string }> | null>;
	/** Types of nodes that were installed beside the engine's own; null where nobody can tell. */
	installedNodeTypes?(): Promise<string[] | null>;
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
	/** ISO date-time; absent where the engine does not say. */
	updatedAt?: string;
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
	/** When its wait is over, ISO date-time; absent: it waits for nothing that has a time. */
	resumesAt?: string;
}

export interface ExecutionFailure {
	/** The engine was told not to try it again, by the code that failed. Default false. */
	nonRetryable?: boolean;
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
	/** What really ran, where that is a definition; version ids of the engine may lie. */
	ran: WorkflowContent | null;
}

export interface ExecutionQuery {
	status?: ExecutionStatus;
	workflowId?: string;
	/** ISO date-time. */
	startedAfter?: string;
	/** Stop as soon as ids are not above this one; only where ids grow. */
	aboveId?: string;
	/** Default: no limit. */
	limit?: number;
}

/** How a run is found again after a crash. */
export interface RunSearch {
	workflowId: string;
	/** W3C traceparent, `00-<32 hex>-<16 hex>-<2 hex>`. */
	traceparent: string;
	/** Names the attempt, at most 100 characters; the same again is the same run where the engine holds to it. */
	runKey: string;
}

/** What to run. */
export interface RunRequest extends RunSearch {
	/** Filed under no workflow of the user's, and without what that one remembers; it need not be there. */
	apart?: true;
	/**
	 * A definition: any JSON, filed under `workflowId` in the engine's own list. Null: the code that is
	 * known to the engine as `workflowId`.
	 */
	content: WorkflowContent | null;
	/** What the live workflow remembers, where it was read just now. Absent: it is read. */
	staticData?: unknown;
	/** The node that starts the run; items leave from it. */
	triggerNode: string;
	items: Item[];
}

/** Why a run that is not over does not get on. */
export interface RunTrouble {
	/** A stable name, e.g. NoWorker. */
	name: string;
	message: string;
}

export type RunOutcome =
	/** `value`: what came out where that is no items. */
	| { status: 'success'; executionId: string | null; items: Item[]; value?: unknown }
	| { status: 'error'; executionId: string | null; message: string }
	/** It goes on; ask `findRun` later. */
	| { status: 'running'; executionId: string; trouble: RunTrouble | null }
	/** The answer did not come; ask `findRun` later. */
	| { status: 'in-doubt' };

/** An item as a node gave it. */
export interface RecordedItem extends Item {
	/** Which items it was made of, in the engine's own form. */
	pairedItem?: unknown;
}

/** One run of one node. */
export interface RecordedRun {
	node: string;
	/** How many items it was given; null: not known. */
	given: number | null;
	/** What it gave, by output. */
	outputs: RecordedItem[][];
	failed: boolean;
}

/** What the nodes of an execution gave, in the order of their runs. */
export interface Recording {
	executionId: string;
	/** What ran; null: not known. */
	ran: WorkflowContent | null;
	runs: RecordedRun[];
}

/** A definition of which nothing reaches outside. */
export interface StagedContent {
	content: WorkflowContent;
	/** Nodes that give a recording instead of doing their work, and whose it is. */
	assumed: Array<{ node: string; executionId: string }>;
	/** Nodes that stop the run where it reaches them: what they would give cannot be told. */
	unknown: Array<{ node: string; why: string }>;
}

/** Trying out a definition without touching anything. */
export interface Rehearsals {
	/** @throws execution_not_found */
	recordingOf(executionId: string): Promise<Recording>;
	/**
	 * Puts recordings in place of every node that reaches outside. Of several recordings of a node the
	 * first counts. Pure.
	 */
	stage(content: WorkflowContent, triggerNode: string, recordings: Recording[]): StagedContent;
}

/** Which wait of which execution to end, with what. */
export interface ResumeRequest {
	executionId: string;
	/** The secret that the execution was given for it. */
	token: string;
	/** Sent as JSON to the node that waits. */
	body: unknown;
}

export type ResumeOutcome =
	| { status: 'resumed' }
	/** It runs: it does not wait yet, or an earlier call has woken it. */
	| { status: 'running' }
	/** There is nothing left to wake. */
	| {
			status: 'gone';
			because: 'finished' | 'failed' | 'deleted' | 'moved-on' | 'token-refused';
	  }
	/** The node or the engine would not take it now; ask again. */
	| { status: 'refused'; message: string }
	/** The answer did not come, or several calls met: it may have been resumed. Ask again. */
	| { status: 'in-doubt'; message: string };

/** Where a run begins. */
export interface EntryPoint {
	triggerNode: string;
	/** What leaves the trigger for a payload. */
	itemsOf(payload: unknown): Item[];
	/** Whether a success stays to be found; null: as the instance is set. */
	keepsSuccesses: boolean | null;
	/** Where its callers call it; null: it cannot be called as they do. */
	webhook: {
		method: string;
		path: string;
		answers: 'at-once' | 'at-end' | 'on-the-way';
		/** A good answer means that all of it is done. */
		answerIsEnd: boolean;
	} | null;
}

/** A call of a live workflow by its own entry point. */
export interface CallRequest {
	webhook: NonNullable<EntryPoint['webhook']>;
	payload: unknown;
	/** W3C traceparent; finds the run again. */
	traceparent: string;
}

export type CallOutcome =
	/** All of it is done. */
	| { status: 'ended'; body: unknown }
	/** It runs, or has run. */
	| { status: 'started'; body: unknown }
	| { status: 'failed'; message: string; httpStatus: number }
	/** Nothing was started. `lasting`: the same call will be refused again. */
	| { status: 'refused'; message: string; httpStatus: number; lasting: boolean }
	/** Ask `findCall`. */
	| { status: 'unclear' };

export interface ExecutionGlance extends ExecutionRecord {
	traceparent: string | null;
}

export interface Executions {
	/** Where a run of this content begins; null: it has no trigger. */
	entryOf(content: WorkflowContent): EntryPoint | null;
	/**
	 * Where a run of the code begins that the engine knows under this name. Absent where workflows are
	 * definitions. @throws workflow_invalid for what cannot be a name
	 */
	entryOfCode?(workflow: string): EntryPoint & {
		/** How it is always written, however it was asked for. */
		workflowId: string;
	};
	/** Calls a live workflow and waits for its answer. @throws engine_unreachable when nothing was sent */
	call(request: CallRequest): Promise<CallOutcome>;
	/** The execution that a call has started; null: there is no trace of one. */
	findCall(search: {
		workflowId: string;
		traceparent: string;
		since: Date;
	}): Promise<ExecutionGlance | null>;
	/** Without what flowed through it. @throws execution_not_found */
	glance(id: string): Promise<ExecutionGlance>;
	/** How an execution ended and what came out of it. @throws execution_not_found */
	outcomeOf(id: string): Promise<RunOutcome>;
	/** Newest first, all pages up to the limit. */
	list(query: ExecutionQuery): Promise<ExecutionRecord[]>;
	/** @throws execution_not_found */
	get(id: string): Promise<ExecutionDetail>;
	/** Runs again from the failed node with the definition that failed, and waits for the end. @throws engine_conflict, execution_not_found */
	retry(id: string): Promise<RunOutcome>;
	/** The retries of an execution started at or after `since`, newest first. */
	retriesOf(id: string, since: Date): Promise<ExecutionRecord[]>;
	stop(id: string): Promise<void>;
	/** Null when the engine knows it no more. */
	statusOf(id: string): Promise<ExecutionStatus | null>;
	/**
	 * Ends the wait of an execution. May take as long as the engine has no room to run it.
	 * @throws engine_unreachable, engine_circuit_open, engine_rate_limited: nothing was resumed
	 */
	resume(request: ResumeRequest): Promise<ResumeOutcome>;
	/** Runs it and waits for the end, or as long as the engine thinks right. */
	run(request: RunRequest): Promise<RunOutcome>;
	/** Stops what a `run` or a `call` with this trace context has started; false: nothing of it runs. */
	stopRun(search: RunSearch & { since: Date }): Promise<boolean>;
	/** What became of a `run` whose answer was lost: null when it never started. */
	findRun(search: RunSearch & { since: Date }): Promise<RunOutcome | null>;
	/**
	 * What began or ended since then without us, oldest first. Absent where ids are numbers that grow:
	 * there `list` with `aboveId` tells.
	 */
	changedSince?(since: Date): Promise<ExecutionRecord[]>;
	/** Whether an execution belongs to the sidecar's own machinery and is not the user's work. */
	isOwn(workflowId: string): boolean;
}

/** What a client of Temporal needs beside the address. */
export interface TemporalAccess {
	namespace: string;
	/** Where workflows run whose name says no other; null: each name says it. */
	taskQueue: string | null;
	/** Name on the server's certificate, where it is not that of the address. */
	serverName: string | null;
	/** PEM; which certificates to trust beside those of the system. */
	ca: string | null;
	/** PEM; shows who we are (mTLS). */
	clientCertificate: { certificate: string; key: string } | null;
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
	/** Of an engine that is Temporal. */
	temporal?: TemporalAccess | null;
}

/** What an adapter must remember between starts (ids of what it installed, its secrets); sealed at rest. */
export interface EngineMemory {
	load(): Promise<Record<string, string> | null>;
	save(state: Record<string, string>): Promise<void>;
}
