import type { CircuitPolicy } from './circuit';

/** Calls of one stretch of time: when it began, how many there were, how many of them were bad. */
export type Bucket = [from: number, calls: number, bad: number];

/** What a closed circuit remembers; only what its policy asks for is filled. */
export interface Tally {
	/** Failures since the last success. */
	inARow: number;
	/** The last calls, oldest first: `.` went well, `x` failed. */
	last: string;
	failed: Bucket[];
	slow: Bucket[];
}

export interface Outcomes {
	successes: number;
	failures: number;
	/** Of both. */
	slow: number;
}

/** A window is kept in this many pieces, so that a row stays small however many calls there are. */
const pieces = 10;

/** Of one report the successes count as the earlier ones. */
export function count(
	tally: Tally,
	{ trip, slowRate }: CircuitPolicy,
	outcomes: Outcomes,
	now: number,
): Tally {
	const { successes, failures, slow } = outcomes;
	const calls = successes + failures;
	if (calls === 0) return tally;
	const inARow = successes > 0 ? failures : tally.inARow + failures;
	const byCalls = trip.by === 'failure-rate' && 'calls' in trip ? trip.calls : 0;
	const byTime = trip.by === 'failure-rate' && 'windowMs' in trip ? trip.windowMs : 0;
	// With nothing new to remember the row stays as it is, and nothing is written.
	if (inARow === tally.inARow && byCalls + byTime === 0 && !slowRate) return tally;
	const some = (sign: string, many: number) => sign.repeat(Math.min(many, byCalls));
	return {
		inARow,
		last:
			byCalls === 0
				? ''
				: `${tally.last}${some('.', successes)}${some('x', failures)}`.slice(-byCalls),
		failed: byTime === 0 ? [] : add(tally.failed, byTime, calls, failures, now),
		slow: slowRate ? add(tally.slow, slowRate.windowMs, calls, slow, now) : [],
	};
}

export function shouldOpen(tally: Tally, { trip, slowRate }: CircuitPolicy, now: number): boolean {
	if (slowRate) {
		const { calls, bad } = sum(tally.slow, slowRate.windowMs, now);
		if (isOver(calls, bad, slowRate)) return true;
	}
	if (trip.by === 'consecutive') return tally.inARow >= trip.failures;
	const { calls, bad } = failuresIn(tally, trip, now);
	return isOver(calls, bad, trip);
}

/** What the trip rule sees now, to be shown: failures in a row, or the calls of its window. */
export function seen(tally: Tally, { trip, slowRate }: CircuitPolicy, now: number): Outcomes {
	const slow = slowRate ? sum(tally.slow, slowRate.windowMs, now).bad : 0;
	if (trip.by === 'consecutive') return { successes: 0, failures: tally.inARow, slow };
	const { calls, bad } = failuresIn(tally, trip, now);
	return { successes: calls - bad, failures: bad, slow };
}

type RateRule = Exclude<CircuitPolicy['trip'], { by: 'consecutive' }>;

function failuresIn(tally: Tally, trip: RateRule, now: number) {
	if ('windowMs' in trip) return sum(tally.failed, trip.windowMs, now);
	return { calls: tally.last.length, bad: tally.last.replaceAll('.', '').length };
}

function isOver(calls: number, bad: number, rule: { rate: number; minimumCalls: number }): boolean {
	return calls > 0 && calls >= rule.minimumCalls && bad > 0 && bad / calls >= rule.rate;
}

function add(buckets: Bucket[], windowMs: number, calls: number, bad: number, now: number) {
	const kept = buckets.filter(([from]) => from > now - windowMs);
	const last = kept.at(-1);
	if (last && now < last[0] + windowMs / pieces) {
		return [...kept.slice(0, -1), [last[0], last[1] + calls, last[2] + bad] satisfies Bucket];
	}
	return [...kept, [now, calls, bad] satisfies Bucket];
}

function sum(buckets: Bucket[], windowMs: number, now: number) {
	let calls = 0;
	let bad = 0;
	for (const [from, some, someBad] of buckets) {
		if (from <= now - windowMs) continue;
		calls += some;
		bad += someBad;
	}
	return { calls, bad };
}
