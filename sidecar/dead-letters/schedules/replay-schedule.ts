import type { BulkOrder } from '../bulk/bulk-replay';

/** What came of a run. still-running: the bulk replay of the last one was not over. */
export const runOutcomes = ['started', 'nothing-to-replay', 'still-running'] as const;
export type RunOutcome = (typeof runOutcomes)[number];

/** A bulk replay that comes again by the clock. */
export interface ScheduleOrder extends BulkOrder {
	/** Five fields. */
	cron: string;
	/** IANA name. */
	timeZone: string;
	/**
	 * A letter replayed n times is replayed again so long after its last failure, and not at all after the
	 * last step. Null: each time.
	 */
	ladderMs: number[] | null;
	enabled: boolean;
}

export interface ReplaySchedule extends ScheduleOrder {
	name: string;
	/** Null: it rests. */
	nextRunAt: Date | null;
	lastRunAt: Date | null;
	lastOutcome: RunOutcome | null;
	lastReplayId: string | null;
	createdAt: Date;
	updatedAt: Date;
}
