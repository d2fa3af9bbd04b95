import type { ReplaySchedule, RunOutcome, ScheduleOrder } from './replay-schedule';

/** Port of the replay schedules. Storage implements it. */
export interface ReplayScheduleStore {
	put(
		schedule: ScheduleOrder & { name: string; nextRunAt: Date | null; at: Date },
	): Promise<{ schedule: ReplaySchedule; created: boolean }>;
	find(name: string): Promise<ReplaySchedule | null>;
	/** By name. */
	list(
		filter: { environment?: string },
		page: { limit: number; after: string | null },
	): Promise<ReplaySchedule[]>;
	/** False: there was none. */
	remove(name: string): Promise<boolean>;
	/** Those whose time has come. */
	due(now: Date): Promise<ReplaySchedule[]>;
	/** Another time for a run that is due; nothing happens when another replica was first. */
	postpone(schedule: ReplaySchedule, to: Date | null): Promise<void>;
	/**
	 * Starts the bulk replay and sets the next time, in one transaction. Null: another replica was first.
	 */
	run(
		schedule: ReplaySchedule,
		run: { id: string; at: Date; nextRunAt: Date | null },
	): Promise<RunOutcome | null>;
}
