import type { SequentialState, SequentialTest } from './sequential-test';

export const watchStatuses = ['watching', 'passed', 'regressed', 'superseded'] as const;
export type WatchStatus = (typeof watchStatuses)[number];

/** What the version before did, and from when the new one is looked at. */
export interface Baseline {
	workflowKey: string;
	name: string;
	workflowId: string;
	/** ISO time: what starts from here on runs the new version. */
	since: string;
	runs: number;
	failures: number;
	/** Null: it failed nearly always before, so there is no worse. */
	failureTest: SequentialTest | null;
	/** Null: too few runs to say what is slow. */
	slowTest: SequentialTest | null;
	/** Longer than this is slow, in milliseconds. */
	slowMs: number;
}

/** What was seen of the new version of one workflow. */
export interface WatchFinding {
	workflowKey: string;
	failures: SequentialState;
	/** Of the runs that succeeded. */
	slow: SequentialState;
	cursor: WatchCursor;
}

/** Runs end in another order than they begin, and an engine may hide those under way. */
export interface WatchCursor {
	/** All up to this id are counted. */
	upTo: string;
	/** Counted above it. */
	counted: string[];
	/** Highest id of the round before. */
	highest: string;
}

/** A promotion while it soaks. */
export interface Watch {
	promotionId: string;
	status: WatchStatus;
	until: Date;
	baselines: Baseline[];
	findings: WatchFinding[];
	message: string | null;
	/** A regression whose roll-back has to be begun yet. */
	rollBackDue: boolean;
	checkedAt: Date;
}
