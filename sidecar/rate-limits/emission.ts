import type { Emission, RateLimitPolicy, Stretch } from './rate-limit';

/** The log is kept in at most about this many stretches. */
const stretches = 40;

export interface Emitted {
	emission: Emission;
	/** Exact, for sums; what is told is rounded up to whole milliseconds. */
	exact: number;
	at: number;
}

/**
 * The next time `weight` units may go, not before `earliest`. Two rules: the pace (GCRA as a virtual
 * scheduling algorithm, ITU-T I.371: `burst` units may be ahead of it), and the promise that no
 * window of `intervalMs` ever holds more than `limit` units. Evenly spaced single units keep the
 * promise by themselves; around a burst or a weight the log of the last units is asked.
 *
 * @param every milliseconds from one unit to the next
 */
export function emit(
	{ due, last, uneven, log }: Emission,
	{ limit, intervalMs, burst }: RateLimitPolicy,
	weight: number,
	earliest: number,
	every: number,
): Emitted {
	const ahead = Math.max(burst - weight, 0) * every;
	let exact = Math.max(earliest, last, due - ahead);
	let at = Math.ceil(exact);
	const isUneven = exact < due || weight > 1;
	if (isUneven || uneven > at - intervalMs) {
		const fits = whenFits(log, limit - weight, intervalMs, at);
		if (fits > at) exact = at = fits;
	}
	return {
		emission: {
			due: Math.max(due, exact) + weight * every,
			last: exact,
			uneven: isUneven ? at : uneven,
			log: append(log, limit, at, weight),
		},
		exact,
		at,
	};
}

/**
 * Hands out all evenly spaced units from now on up to `target`, in one step.
 * @returns how many, and when the first of them goes
 */
export function emitUntil(
	emission: Emission,
	{ limit, intervalMs }: RateLimitPolicy,
	earliest: number,
	target: number,
	every: number,
): { emission: Emission; from: number; units: number } {
	const { due, last, uneven } = emission;
	const from = Math.max(earliest, last, due, uneven + intervalMs);
	const units = Math.max(0, Math.ceil((target - from) / every));
	if (units === 0) return { emission, from, units };
	// Of a long row only the last `limit` units matter for what comes.
	const size = Math.ceil(limit / stretches);
	let { log } = emission;
	for (let index = Math.max(0, units - limit); index < units;) {
		const some = Math.min(size, units - index);
		index += some;
		log = append(log, limit, Math.ceil(from + (index - 1) * every), some);
	}
	return {
		emission: { due: from + units * every, last: from + (units - 1) * every, uneven, log },
		from,
		units,
	};
}

/** The first time from `at` on when the window before it holds at most `room` units. */
function whenFits(log: Stretch[], room: number, intervalMs: number, at: number): number {
	let used = 0;
	for (const [until, units] of log) if (until > at - intervalMs) used += units;
	let fits = at;
	for (const [until, units] of log) {
		if (used <= room) break;
		if (until <= at - intervalMs) continue;
		fits = until + intervalMs;
		used -= units;
	}
	return fits;
}

function append(log: Stretch[], limit: number, at: number, units: number): Stretch[] {
	const last = log.at(-1);
	const joins = last !== undefined && last[1] + units <= Math.ceil(limit / stretches);
	const all = joins ? log.slice(0, -1) : [...log];
	all.push([at, joins ? last[1] + units : units]);
	let total = 0;
	for (const [, some] of all) total += some;
	// What lies before the last `limit` units can hold nobody back any more.
	while (all[0] && total - all[0][1] >= limit) total -= all.shift()?.[1] ?? 0;
	return all;
}
