import type { QuietHours } from '../../kernel/quiet-hours';
import type { DeadLetterState, ErrorClass, ReplayStrategy } from '../dead-letter';

/**
 * paused: by a person. stopped: by itself, since most of its last letters failed. Both can be
 * resumed. canceled and finished are over; of a canceled one, letters may still be under way.
 */
export const bulkStates = ['running', 'paused', 'stopped', 'canceled', 'finished'] as const;
export type BulkState = (typeof bulkStates)[number];

export function isOver(state: BulkState): boolean {
	return state === 'canceled' || state === 'finished';
}

/** States a letter can be replayed in. */
export const replayableStates = ['waiting', 'scheduled', 'expired'] as const;
export type ReplayableState = (typeof replayableStates)[number] & DeadLetterState;

export interface BulkFilter {
	environment: string;
	/** Id or key. */
	workflow?: string;
	/** Default: waiting and scheduled. */
	state?: ReplayableState;
	errorClass?: ErrorClass;
	/** Of an incident. */
	fingerprint?: string;
	node?: string;
	createdFrom?: Date;
	/** Not included. */
	createdTo?: Date;
	ids?: string[];
	/** Only letters whose turn it is at that time. */
	ladder?: { delaysMs: number[]; at: Date };
}

export interface BulkOrder {
	filter: BulkFilter;
	strategy: ReplayStrategy;
	/** `live`, `failed` or a version id; null for retry. */
	version: string | null;
	/** Letters begun a second, at most. */
	rate: number;
	/** How many times as long live executions may take as before; null: that is not looked at. */
	liveRatio: number | null;
	/** No letter is begun within. */
	quietHours: QuietHours | null;
	/** Key of a circuit that is asked before, and told after, each letter. */
	circuit: string | null;
	/** Key of a rate limit that gives each letter its time. */
	rateLimit: string | null;
}

export interface BulkCounts {
	total: number;
	waiting: number;
	replaying: number;
	succeeded: number;
	failed: number;
	skipped: number;
}

export interface BulkReplay extends BulkOrder {
	id: string;
	state: BulkState;
	/** Letters begun a second now. */
	pace: number;
	/** Why it stopped, or what it waits for. */
	reason: string | null;
	requestedBy: string;
	createdAt: Date;
	finishedAt: Date | null;
	counts: BulkCounts;
}

/** How many letters ended in the same way, the most frequent first. */
export interface Tally {
	result: 'failed' | 'skipped';
	message: string;
	letters: number;
}

/** What a selection holds, by workflow and class. */
export interface Selected {
	workflowId: string;
	workflowKey: string | null;
	workflowName: string | null;
	errorClass: ErrorClass;
	letters: number;
}

/** As many of the last letters are looked at before a bulk replay stops by itself. */
export const judgedLetters = 10;

/** Whether going on is no use: of the last letters, newest first, more than half have failed. */
export function mostlyFails(outcomes: ReadonlyArray<'succeeded' | 'failed'>): boolean {
	const last = outcomes.slice(0, judgedLetters);
	const failed = last.filter((outcome) => outcome === 'failed').length;
	return last.length === judgedLetters && failed * 2 > judgedLetters;
}

/** Seconds until as many letters are begun. */
export function secondsFor(letters: number, rate: number): number {
	return Math.ceil(letters / rate);
}
