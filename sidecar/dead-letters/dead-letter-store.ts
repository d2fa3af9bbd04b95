import type {
	Capture,
	DeadLetter,
	DeadLetterState,
	ErrorClass,
	NewDeadLetter,
	Replay,
} from './dead-letter';

export interface LetterFilter {
	environment?: string;
	state?: DeadLetterState;
	workflowId?: string;
	errorClass?: ErrorClass;
	executionId?: string;
}

export interface ReplayLease {
	owner: string;
	ttlMs: number;
}

export type NewReplay = Pick<
	Replay,
	'strategy' | 'version' | 'traceparent' | 'requestedBy' | 'startedAt'
>;

/** How a replay ended and where that leaves its letter. */
export interface ReplayEnd {
	status: 'succeeded' | 'failed';
	executionId: string | null;
	message: string | null;
	finishedAt: Date;
	letter: { state: 'resolved' } | { state: 'waiting' } | { state: 'scheduled'; at: Date };
}

/** Port of the dead letter queue. Storage implements it; leases use the database's clock. */
export interface DeadLetterStore {
	/** Keeps a letter. One of the same failure is not doubled: it is given what it lacked. */
	accept(letter: NewDeadLetter): Promise<{ letter: DeadLetter; created: boolean }>;
	find(id: string): Promise<DeadLetter | null>;
	/** Newest first. */
	list(filter: LetterFilter, page: { limit: number; after: string | null }): Promise<DeadLetter[]>;
	/** Oldest first. */
	replaysOf(letterId: string): Promise<Replay[]>;

	/** Takes a letter that waits, is scheduled or expired for one replay; null when another has it or it is closed. */
	beginReplay(id: string, replay: NewReplay, lease: ReplayLease): Promise<Replay | null>;
	/** False when the lease was lost. */
	renewLease(id: string, lease: ReplayLease): Promise<boolean>;
	/** Only the first end of a replay counts; false for a later one. */
	endReplay(letterId: string, number: number, end: ReplayEnd): Promise<boolean>;
	markInDoubt(letterId: string, number: number): Promise<void>;
	/** Replays whose owner is gone, now leased to this one. */
	takeOverReplays(lease: ReplayLease, limit: number): Promise<Replay[]>;

	/** Ids of scheduled letters whose time has come, earliest first. */
	due(now: Date, limit: number): Promise<string[]>;
	/** Letters whose execution was not read yet, oldest first. */
	uncaptured(environment: string, limit: number): Promise<DeadLetter[]>;
	/** Adds what was read; what the letter has already stays. */
	fill(id: string, capture: Capture, errorClass: ErrorClass, at: Date): Promise<void>;
	/** Moves a letter by hand; null when it is in none of the states named. */
	move(
		id: string,
		from: DeadLetterState[],
		to: 'waiting' | 'resolved' | 'discarded',
		note: string | null,
		at: Date,
	): Promise<DeadLetter | null>;
	/** Number of letters whose time to live ran out now. */
	expire(now: Date): Promise<number>;
	/** Letters by environment, class and state, for metrics. */
	count(): Promise<
		Array<{ environment: string; errorClass: ErrorClass; state: DeadLetterState; letters: number }>
	>;
}
