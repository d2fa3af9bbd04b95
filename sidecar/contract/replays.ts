import type { QuietHours } from './alerts';
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
	/**
	 * How many times as long live executions of that environment may take as in the hour before: slowed
	 * down above it, sped up again below. 1.05 to 10; null: not looked at. Default 1.2.
	 */
	liveRatio?: number | null;
	/** No letter is begun within. */
	quietHours?: QuietHours | null;
	/** Key of a circuit that is asked before, and told after, each letter. */
	circuit?: string | null;
	/** Key of a rate limit that gives each letter its time. */
	rateLimit?: string | null;
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
	liveRatio: number | null;
	quietHours: QuietHours | null;
	circuit: string | null;
	rateLimit: string | null;
	/** Letters begun a second now. */
	pace: number;
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
		/** Until the last letter is begun, at this pace. */
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

/** PUT /replay-schedules/{name}: a bulk replay that comes again by the clock. */
export interface ReplayScheduleInput extends Omit<BulkReplayRequest, 'dryRun' | 'filter'> {
	/** Without ids: they would be the same letters each time. */
	filter: Omit<BulkReplayFilter, 'ids'>;
	/** Five fields; minute, hour, day of the month, month, day of the week. */
	cron: string;
	/** IANA name, for the cron expression. Default UTC. */
	timeZone?: string;
	/**
	 * Backoff: a letter that was replayed n times is replayed again `ladderMs[n]` milliseconds after its
	 * last failure, and not at all after the last step. Default: each time.
	 */
	ladderMs?: number[] | null;
	/** False: it rests. Default true. */
	enabled?: boolean;
}

export interface ReplaySchedule {
	name: string;
	filter: ReplayScheduleInput['filter'];
	strategy: ReplayStrategy;
	version: string | null;
	rate: number;
	liveRatio: number | null;
	quietHours: QuietHours | null;
	circuit: string | null;
	rateLimit: string | null;
	cron: string;
	timeZone: string;
	ladderMs: number[] | null;
	enabled: boolean;
	/** Null: it rests. */
	nextRunAt: string | null;
	lastRunAt: string | null;
	/** still-running: the bulk replay of the last run was not over. */
	lastOutcome: 'started' | 'nothing-to-replay' | 'still-running' | null;
	/** The last bulk replay it has started. */
	lastReplayId: string | null;
	createdAt: string;
	updatedAt: string;
}
