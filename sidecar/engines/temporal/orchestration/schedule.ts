import type { ErrorClass } from '../../../dead-letters/dead-letter';
import type { ChildCounts } from '../../../joins/join';
import type { FoundAttempt } from './activities';

/** A child that is over; cancelled: nobody waited for it any more. */
export interface EndedChild {
	index: number;
	state: 'succeeded' | 'failed' | 'cancelled';
	/** Of its last attempt, in the ledger; null: there was none. */
	executionId: string | null;
	attempts: number;
	/** Null also of a failure that comes after many others: then its execution says it. */
	error: { message: string; errorClass: ErrorClass } | null;
}

/** A child that waits for its next attempt. */
export interface WaitingChild {
	index: number;
	/** Attempts made. */
	attempts: number;
	/** Not before, in milliseconds since 1970. */
	at: number;
	/** When its first attempt began; null: none did. */
	since: number | null;
	/** Its last attempt in the ledger. */
	executionId: string | null;
	/** That one is under way still, and is waited for. */
	isUnderWay?: boolean;
}

/** How far an orchestration has come: all that goes along when it continues as a new run. */
export interface Schedule {
	/** Children that were never begun, in order. */
	fresh: number[];
	waiting: WaitingChild[];
	ended: EndedChild[];
}

/** The next that may begin, taken out: one that has waited long enough before a fresh one. Null: none now. */
export function takeNext(schedule: Schedule, now: number): WaitingChild | null {
	const { waiting, fresh } = schedule;
	const due = waiting.reduce<WaitingChild | null>(
		(best, each) => (each.at <= now && (best === null || each.at < best.at) ? each : best),
		null,
	);
	if (due) {
		waiting.splice(waiting.indexOf(due), 1);
		return due;
	}
	const index = fresh.shift();
	return index === undefined
		? null
		: { index, attempts: 0, at: now, since: null, executionId: null };
}

/** When the next that waits may begin; null: none waits. */
export function nextAt({ waiting }: Schedule): number | null {
	return waiting.length === 0 ? null : Math.min(...waiting.map(({ at }) => at));
}

export function countsOf(total: number, ended: readonly EndedChild[]): ChildCounts {
	const counts = { total, succeeded: 0, failed: 0, cancelled: 0 };
	for (const { state } of ended) counts[state] += 1;
	return counts;
}

/** Where an orchestration begins that has lived before: what has succeeded is not run again. */
export function resumed(children: number, found: readonly FoundAttempt[], now: number): Schedule {
	const known = new Map(found.map((one) => [one.index, one]));
	const schedule: Schedule = { fresh: [], waiting: [], ended: [] };
	for (let index = 0; index < children; index += 1) {
		const { executionId, state } = known.get(index) ?? {};
		if (executionId === undefined) schedule.fresh.push(index);
		else if (state === 'succeeded') {
			schedule.ended.push({ index, state, executionId, attempts: 1, error: null });
		} else {
			const waiting = { index, attempts: 0, at: now, since: null, executionId };
			schedule.waiting.push(state === 'under-way' ? { ...waiting, isUnderWay: true } : waiting);
		}
	}
	return schedule;
}

/** What was never begun, or will not be again, when the answer is known. */
export function closeRest({ fresh, waiting, ended }: Schedule): EndedChild[] {
	const rest = [
		...fresh.map((index) => ({ index, executionId: null, attempts: 0 })),
		...waiting.map(({ index, executionId, attempts }) => ({ index, executionId, attempts })),
	];
	const closed = rest.map((one) => ({ ...one, state: 'cancelled' as const, error: null }));
	return [...ended, ...closed].sort((one, other) => one.index - other.index);
}
