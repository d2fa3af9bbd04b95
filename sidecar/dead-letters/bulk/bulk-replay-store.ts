import type { LiveFigure } from './live-pace';
import type { BulkFilter, BulkOrder, BulkReplay, BulkState, Selected, Tally } from './bulk-replay';

/** Port of the bulk replays. Storage implements it; pace and leases use the database's clock. */
export interface BulkReplayStore {
	/** What a filter selects now. */
	preview(filter: BulkFilter): Promise<Selected[]>;
	/** Keeps the order with the letters it selects, in one statement. */
	create(
		bulk: BulkOrder & { id: string; requestedBy: string; createdAt: Date },
	): Promise<BulkReplay>;
	find(id: string): Promise<BulkReplay | null>;
	/** Newest first. */
	list(
		filter: { environment?: string; state?: BulkState },
		page: { limit: number; after: string | null },
	): Promise<BulkReplay[]>;
	/** How letters failed or were skipped, at most 50 ways. */
	tallies(id: string): Promise<Tally[]>;

	/** False when it is in none of the states named. A cancelation skips what still waits. */
	move(
		id: string,
		from: BulkState[],
		to: BulkState,
		change: { reason: string | null; at: Date },
	): Promise<boolean>;
	/** Says what a running one waits for; null: nothing. */
	setReason(id: string, reason: string | null): Promise<void>;

	/**
	 * Writes down what came of the replays, gives back letters whose process died before it began
	 * one, and finishes what has no letter left.
	 */
	settle(now: Date): Promise<void>;
	/** Those that run and whose next letter is due. */
	due(): Promise<BulkReplay[]>;
	/** What the pace of one was set by. */
	paceOf(id: string): Promise<{ baseline: LiveFigure[] | null; pacedAt: Date | null }>;
	setPace(id: string, change: { pace: number; baseline: LiveFigure[]; at: Date }): Promise<void>;
	/** Of executions that succeeded in that time and are neither replays nor called by others. */
	liveFigures(environment: string, from: Date, to: Date): Promise<LiveFigure[]>;
	/** Nothing is due before then, or before ten seconds have passed; null: soon. Says what a running one waits for. */
	waitUntil(id: string, at: Date | null, reason: string | null): Promise<void>;
	/** The letters to begin now, by the pace, each leased; none when another is at it. */
	claim(id: string, limits: { atOnce: number; ttlMs: number }): Promise<string[]>;
	/** Not begun for good; nothing happens once a replay of it has begun. */
	skip(id: string, letterId: string, message: string, at: Date): Promise<void>;
	/** Not begun now: it waits again. */
	giveBack(id: string, letterId: string): Promise<void>;
	/** Of letters that ended since it was started or resumed, newest first. */
	latestOutcomes(id: string, limit: number): Promise<Array<'succeeded' | 'failed'>>;
}
