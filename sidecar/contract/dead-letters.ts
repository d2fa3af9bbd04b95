export type DeadLetterState =
	'waiting' | 'scheduled' | 'replaying' | 'resolved' | 'discarded' | 'expired';

/** transient: may pass by itself; quota: too much; auth: needs a new credential; data: this payload; bug: this workflow. */
export type ErrorClass = 'transient' | 'quota' | 'auth' | 'data' | 'bug' | 'unknown';

/** How much it matters, for whoever looks first. */
export type Severity = 'warning' | 'error' | 'critical';

export type ReplayStrategy = 'retry' | 'redeliver';

export interface LetterItem {
	json: Record<string, unknown>;
	binary?: Record<string, unknown>;
}

/** POST /dead-letters. Sent by the Dead Letter node; the environment comes from the token when it has one. */
export interface DeadLetterInput {
	environment?: string;
	/** Where the letter comes from. */
	origin: 'error-output' | 'error-workflow' | 'api';
	workflowId: string;
	workflowName?: string;
	executionId?: string;
	/** Where a person can look at the execution. Default: made from the environment's base URL. */
	executionUrl?: string;
	/** The execution that executionId was a retry of; both are one letter. */
	retryOf?: string;
	/** Set for origin error-output: which node and item of the execution; makes a second call a no-op. */
	position?: { node: string; run: number; item: number };
	/** What a redelivery gives to the workflow: items leaving its trigger. Read from the execution when absent. */
	trigger?: { node: string; items: LetterItem[] };
	/** What the failed node was given. */
	failedInput?: LetterItem[];
	error: {
		node?: string;
		name?: string;
		message: string;
		description?: string;
		httpStatus?: number;
	};
	/** Overrides the class found from the error. */
	errorClass?: ErrorClass;
	/** Default `error`. */
	severity?: Severity;
	/**
	 * The same work, in your words, such as an order number: while a letter of this workflow with the
	 * same fingerprint is waiting, scheduled or replaying, this is that letter.
	 */
	fingerprint?: string;
	/** Overrides the environment's time to live. */
	ttlSeconds?: number;
	/** Free text shown to the operator. */
	note?: string;
}

/** POST /dead-letters with several: all are kept, or none. 1 to 1000. */
export interface DeadLetterBatch {
	environment?: string;
	letters: Array<Omit<DeadLetterInput, 'environment'>>;
}

export interface DeadLetterBatchAnswer {
	/** In the order of the request; letters of the same failure are the same letter. */
	letters: DeadLetter[];
}

export interface DeadLetter {
	id: string;
	environment: string;
	state: DeadLetterState;
	/** execution: of POST /executions, after its last attempt. */
	origin: 'error-output' | 'error-workflow' | 'follower' | 'api' | 'execution';
	workflowId: string;
	workflowKey: string | null;
	workflowName: string | null;
	executionId: string | null;
	/** Where a person can look at the execution. */
	executionUrl: string | null;
	error: {
		node: string | null;
		name: string;
		message: string;
		description: string | null;
		httpStatus: number | null;
	};
	errorClass: ErrorClass;
	severity: Severity;
	fingerprint: string | null;
	/** Shared by letters of one cause: see GET /incidents. Null: not worked out yet. */
	incident: string | null;
	/** How often work with that fingerprint failed while this letter was open; 1 without one. */
	occurrences: number;
	/** Version of ours with the content that failed, where we have one. */
	versionId: string | null;
	attempts: number;
	/** When the next automatic replay is due. */
	nextReplayAt: string | null;
	note: string | null;
	createdAt: string;
	updatedAt: string;
	expiresAt: string;
	/** Since when its payload is packed in the archive; null: it is not. */
	archivedAt: string | null;
}

/** GET /dead-letters/{id} */
export interface DeadLetterDetail extends DeadLetter {
	trigger: { node: string; items: LetterItem[] } | null;
	failedInput: LetterItem[];
	replays: ReplayAttempt[];
}

export interface ReplayAttempt {
	number: number;
	strategy: ReplayStrategy;
	/** live, failed, or the id of a version; null for retry. */
	version: string | null;
	status: 'running' | 'in-doubt' | 'succeeded' | 'failed';
	executionId: string | null;
	message: string | null;
	/** Who asked: a token's name, or `schedule`. */
	requestedBy: string;
	startedAt: string;
	finishedAt: string | null;
}

/** POST /dead-letters/{id}/replay → 202 DeadLetterDetail */
export interface ReplayRequest {
	/** retry: from the failed node, in n8n, with the definition that failed. redeliver (default): from the trigger. */
	strategy?: ReplayStrategy;
	/** For redeliver: `live` (default), `failed` (what ran then), or a version id. */
	version?: string;
	/** Seconds to wait for the outcome before answering. Default 0, at most 60. */
	waitSeconds?: number;
}
