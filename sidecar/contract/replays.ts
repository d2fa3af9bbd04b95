import type { DeadLetter, DeadLetterState, ErrorClass, ReplayStrategy } from './dead-letters';

/** Which letters: all conditions hold at once. */
export interface BulkReplayFilter {
	environment: string;
	/** Id or key. */
	workflow?: string;
	/** Default: waiting and scheduled. */
	state?: 'waiting' | 'scheduled' | 'expired';
	errorClass?: ErrorClass;
	/** Of an incident, from GET /incidents. Not what reporters call `fingerprint` of a letter. */
	fingerprint?: string;
	/** The failed node. */
	node?: string;
	createdFrom?: string;
	/** Not included. */
	createdTo?: string;
	/** At most 1000. */
	ids?: string[];
}

/** POST /replays → 202 BulkReplay; with dryRun 200 BulkReplayPreview. */
export interface BulkReplayRequest {
	filter: BulkReplayFilter;
	/** Default redeliver. */
	strategy?: ReplayStrategy;
	/** For redeliver: `live` (default), `failed` or a version id. */
	version?: string;
	/** Letters begun a second, 0.01 to 100. Default 1. */
	rate?: number;
	/** Only says what would happen. */
	dryRun?: boolean;
}

export interface BulkReplayPreview {
	dryRun: true;
	letters: number;
	strategy: ReplayStrategy;
	version: string | null;
	/** Until the last letter is begun. */
	seconds: number;
	byWorkflow: Array<{
		workflowId: string;
		workflowKey: string | null;
		workflowName: string | null;
		letters: number;
		/** Of version live: what is published in n8n now; null: nothing, or n8n is away. */
		liveVersionId: string | null;
	}>;
	byClass: Array<{ errorClass: ErrorClass; letters: number }>;
}

export type BulkReplayState = 'running' | 'paused' | 'stopped' | 'canceled' | 'finished';

export interface BulkReplay {
	id: string;
	state: BulkReplayState;
	/** Why it stopped, or what it waits for. */
	reason: string | null;
	filter: BulkReplayFilter;
	strategy: ReplayStrategy;
	version: string | null;
	rate: number;
	requestedBy: string;
	createdAt: string;
	finishedAt: string | null;
	progress: {
		total: number;
		waiting: number;
		/** Under way. */
		replaying: number;
		/** Succeeded and failed. */
		replayed: number;
		succeeded: number;
		failed: number;
		skipped: number;
		/** Until the last letter is begun, at this rate. */
		secondsLeft: number;
	};
}

/** GET /replays/{id} */
export interface BulkReplayDetail extends BulkReplay {
	/** How many letters ended in the same way, the most frequent first; at most 50. */
	report: Array<{ result: 'failed' | 'skipped'; message: string; letters: number }>;
}

/** GET /incidents */
export interface Incident {
	/** For the filter of a bulk replay. */
	fingerprint: string;
	environment: string;
	workflowId: string;
	workflowKey: string | null;
	workflowName: string | null;
	node: string | null;
	errorClass: ErrorClass;
	/** Of the newest letter. */
	message: string;
	letters: Record<DeadLetterState, number>;
	firstSeenAt: string;
	lastSeenAt: string;
	newestLetterId: DeadLetter['id'];
}
