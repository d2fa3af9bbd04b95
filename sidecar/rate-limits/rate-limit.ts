import type { Gap } from './gaps';

export interface RateLimitPolicy {
	/** Units in any window of `intervalMs`. */
	limit: number;
	intervalMs: number;
	/** Units that may go at once, 1 to `limit`. */
	burst: number;
}

/** Units that go at about the same time: the time of the last of them, and how many. */
export type Stretch = [until: number, units: number];

/** Hands out times, never back; all in milliseconds since 1970. */
export interface Emission {
	/** When the next unit is due at an even pace (the theoretical arrival time of GCRA). */
	due: number;
	/** The latest time handed out. */
	last: number;
	/** The latest time that was not at an even pace: a burst, or a weight above 1. */
	uneven: number;
	/** The last `limit` units handed out, oldest first. */
	log: Stretch[];
}

export interface TenantShare {
	/** When its fair share allows the next unit. */
	next: number;
	weight: number;
}

/** All that is kept of one rate limit. */
export interface RateLimit {
	policy: RateLimitPolicy;
	emission: Emission;
	/** Times handed out to nobody, kept free for tenants whose turn it would be. */
	gaps: Gap[];
	/** Tenants that compete at present. */
	tenants: Record<string, TenantShare>;
	/** The receiver asked for a pause. */
	pausedUntil: number | null;
	/** The receiver asked for a slower pace. */
	slow: { everyMs: number; until: number } | null;
}

export const freshEmission: Emission = { due: 0, last: 0, uneven: 0, log: [] };

export function newRateLimit(policy: RateLimitPolicy): RateLimit {
	return {
		policy,
		emission: freshEmission,
		gaps: [],
		tenants: {},
		pausedUntil: null,
		slow: null,
	};
}

/** A new policy holds from now on; what was handed out before counts against it. */
export function withPolicy(
	before: RateLimit | null,
	policy: RateLimitPolicy,
	now: number,
): RateLimit {
	if (!before) return newRateLimit(policy);
	const { limit, intervalMs, burst } = before.policy;
	if (policy.limit === limit && policy.intervalMs === intervalMs && policy.burst === burst) {
		return before;
	}
	const { emission } = before;
	return {
		...before,
		policy,
		// Gaps were part of the old pace.
		gaps: [],
		emission: { ...emission, uneven: Math.max(emission.last, now) },
	};
}

/** Pace of evenly spaced units, rounded up so that sums of it are exact. */
export function evenPace({ limit, intervalMs }: RateLimitPolicy): number {
	return Math.ceil((intervalMs / limit) * 2048) / 2048;
}
