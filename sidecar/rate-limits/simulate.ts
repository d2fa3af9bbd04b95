import { type RateLimitPolicy, newRateLimit } from './rate-limit';
import { decideReservation } from './reserve';

/** A stretch of calls, evenly spaced. */
export interface RequestStretch {
	forMs: number;
	callsPerSecond: number;
}

export interface SimulatedRateLimit {
	calls: number;
	/** How long calls would have waited for their turn. */
	waitMs: { median: number; p95: number; longest: number };
	/** From the first call to the start of the last. */
	drainedAtMs: number;
	/** The whole course, until the last has started, in 60 pieces. */
	pieces: Array<{ atMs: number; asked: number; started: number }>;
}

const pieces = 60;

/** What an unused limit with this policy would make of these calls. */
export function simulateRateLimit(
	policy: RateLimitPolicy,
	course: readonly RequestStretch[],
): SimulatedRateLimit {
	let limit = newRateLimit(policy);
	const asked = askedAt(course);
	const started = asked.map((now) => {
		const claim = { count: 1, weight: 1, tenant: null, share: 1, maxWaitMs: null };
		const { row, answer } = decideReservation(limit, null, claim, now);
		limit = row;
		return answer.granted ? (answer.at[0] ?? now) : now;
	});
	const waits = started.map((at, index) => at - (asked[index] ?? at)).sort((a, b) => a - b);
	const at = (share: number) => Math.round(waits[Math.floor(share * (waits.length - 1))] ?? 0);
	const totalMs = course.reduce((sum, { forMs }) => sum + forMs, 0);
	const drainedAtMs = Math.round(started.at(-1) ?? 0);
	const pieceMs = Math.max(totalMs, drainedAtMs + 1) / pieces;
	const countIn = (times: readonly number[], index: number) =>
		times.filter((time) => Math.floor(time / pieceMs) === index).length;
	return {
		calls: asked.length,
		waitMs: { median: at(0.5), p95: at(0.95), longest: at(1) },
		drainedAtMs,
		pieces: Array.from({ length: pieces }, (_, index) => ({
			atMs: Math.round(index * pieceMs),
			asked: countIn(asked, index),
			started: countIn(started, index),
		})),
	};
}

function askedAt(course: readonly RequestStretch[]): number[] {
	let from = 0;
	return course.flatMap(({ forMs, callsPerSecond }) => {
		const start = from;
		from += forMs;
		const calls = Math.floor((forMs / 1000) * callsPerSecond);
		return Array.from({ length: calls }, (_, index) => start + (index * 1000) / callsPerSecond);
	});
}
