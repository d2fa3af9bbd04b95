import type {
	Capture,
	DeadLetter,
	DeadLetterState,
	ErrorClass,
	LetterError,
	LetterSummary,
	NewDeadLetter,
	Replay,
	Severity,
} from './dead-letter';

export interface LetterFilter {
	environment?: string;
	state?: DeadLetterState;
	workflowId?: string;
	errorClass?: ErrorClass;
	severity?: Severity;
	incident?: string;
	/** Finds the letter by the failed execution and by any failed retry of it. */
	executionId?: string;
}

export interface IncidentFilter {
	environment?: string;
	workflowId?: string;
	errorClass?: ErrorClass;
	/** Only those with a letter that is not over. */
	open?: boolean;
}

/** Letters of one cause. */
export interface Incident {
	incident: string;
	environment: string;
	letters: Record<DeadLetterState, number>;
	firstSeenAt: Date;
	lastSeenAt: Date;
	/** The newest of them. */
	sample: LetterSummary;
}

/** A claim on one replay. Whoever takes it needs an owner of its own, so that an earlier one is told apart. */
export interface ReplayLease {
	owner: string;
	ttlMs: number;
}

export type NewReplay = Pick<
	Replay,
	'strategy' | 'version' | 'traceparent' | 'requestedBy' | 'startedAt'
> & {
	/** The bulk replay it belongs to; that replays a letter once. */
	bulkId?: string;
};

/** How a replay ended and where that leaves its letter. */
export interface ReplayEnd {
	status: 'succeeded' | 'failed';
	executionId: string | null;
	message: string | null;
	finishedAt: Date;
	letter: { state: 'resolved' } | { state: 'waiting' } | { state: 'scheduled'; at: Date };
}

/** What was learnt of a letter after it was kept. */
export interface LetterCompletion {
	capture: Capture;
	error: LetterError;
	errorClass: ErrorClass;
	incident: string;
	/** Null: the execution is to be looked at again. */
	capturedAt: Date | null;
	/** Set: a letter that waits and was never replayed is scheduled for then. */
	scheduleAt: Date | null;
}

/** A letter of class auth, with what tells which credential it waits for. */
export interface HeldLetter extends Pick<DeadLetter, 'id' | 'error' | 'ran'> {
	/** The last time. */
	failedAt: Date;
}

/** Port of the dead letter queue. Storage implements it; leases use the database's clock. */
export interface DeadLetterStore {
	/**
	 * Keeps a letter. One of the same failure is not doubled: it is given what it lacked, and
	 * belongs to the executions of the new one as well.
	 */
	accept(letter: NewDeadLetter): Promise<{ letter: DeadLetter; created: boolean }>;
	/** The same for many in one statement: all or none. Answers in order. */
	acceptAll(letters: NewDeadLetter[]): Promise<Array<{ letter: LetterSummary; created: boolean }>>;
	find(id: string): Promise<DeadLetter | null>;
	/** Newest first. */
	list(
		filter: LetterFilter,
		page: { limit: number; after: string | null },
	): Promise<LetterSummary[]>;
	/** Oldest first. */
	replaysOf(letterId: string): Promise<Replay[]>;

	/** Takes a letter that waits, is scheduled or expired for one replay; null when another has it or it is closed. */
	beginReplay(id: string, replay: NewReplay, lease: ReplayLease): Promise<Replay | null>;
	/** False when the lease was lost. */
	renewLease(id: string, lease: ReplayLease): Promise<boolean>;
	/**
	 * The last word before the engine is asked; prolongs the lease. False: somebody else has the
	 * replay now, or it has ended. Nothing may be sent then.
	 * @param retriedId the execution that is about to be retried; null for a redelivery
	 */
	goAhead(
		replay: Pick<Replay, 'letterId' | 'number'>,
		lease: ReplayLease,
		retriedId: string | null,
	): Promise<boolean>;
	/** Only the first end of a replay counts; false for a later one. */
	endReplay(letterId: string, number: number, end: ReplayEnd): Promise<boolean>;
	/** @param executionId the execution it may have become, where it is known */
	markInDoubt(letterId: string, number: number, executionId: string | null): Promise<void>;
	/** Replays whose owner is gone, now leased to this one. */
	takeOverReplays(lease: ReplayLease, limit: number): Promise<Replay[]>;

	/** Scheduled letters whose time has come, of each environment the earliest. */
	due(now: Date, perEnvironment: number): Promise<Array<{ id: string; environment: string }>>;
	/**
	 * Letters whose execution is to be read. Each is given out once, and again only after a while that
	 * grows with its age from two seconds to a minute: one that stays open does not hold up the others.
	 */
	claimUncaptured(environment: string, now: Date, limit: number): Promise<LetterSummary[]>;
	/** Adds what was read; what the letter has already stays. */
	complete(id: string, completion: LetterCompletion, at: Date): Promise<void>;
	/** Moves a letter and adds to its note; null when it is in none of the states named. */
	move(
		id: string,
		from: DeadLetterState[],
		to: 'waiting' | 'discarded' | 'resolved',
		note: string | null,
		at: Date,
	): Promise<DeadLetter | null>;
	/** Letters of class auth that wait and can be retried, by id. */
	held(
		environment: string,
		page: { maxAttempts: number; limit: number; after: string | null },
	): Promise<HeldLetter[]>;
	/** Schedules those that still wait. */
	releaseHeld(ids: string[], note: string, now: Date): Promise<void>;
	/** Letters that were kept by an older replica, without the incident they belong to. */
	withoutIncident(limit: number): Promise<LetterSummary[]>;
	/** Adds what is worked out; all in one statement. */
	nameIncidents(named: Array<{ id: string; incident: string; node: string | null }>): Promise<void>;
	/** Incidents, the one with the newest letter first. */
	incidents(
		filter: IncidentFilter,
		page: { limit: number; after: string | null },
	): Promise<Incident[]>;
	/**
	 * Packs letters whose time to live ran out into the archive, each in one step with its end.
	 * @returns how many there were, by environment
	 */
	expire(now: Date): Promise<Array<{ environment: string; letters: number }>>;
	/** Takes an expired letter out of the archive; it waits again until `expiresAt`. False: it is not expired. */
	restore(id: string, change: { expiresAt: Date; note: string; at: Date }): Promise<boolean>;
	/**
	 * Removes letters that are over and have not changed since, with their replays.
	 * @returns how many there were
	 */
	purge(before: Date, limit: number): Promise<number>;
	/** Letters by environment, class and state, for metrics. */
	count(): Promise<
		Array<{ environment: string; errorClass: ErrorClass; state: DeadLetterState; letters: number }>
	>;
}
