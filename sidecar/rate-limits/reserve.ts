import { OrchestrationError } from '../kernel/errors';
import { emit } from './emission';
import { lineOf } from './line';
import { type Emission, type RateLimit, type RateLimitPolicy, evenPace } from './rate-limit';

export interface ReservationClaim {
	count: number;
	/** Units of each. */
	weight: number;
	tenant: string | null;
	/** The tenant's share of a contended limit. */
	share: number;
	/** Null: as long as it takes. */
	maxWaitMs: number | null;
}

export type Reserved =
	{ granted: true; at: number[]; now: number } | { granted: false; retryAt: number };

/** Units a tenant may have over all keys, counted when they are asked for. */
export interface UnitQuota {
	policy: Omit<RateLimitPolicy, 'burst'>;
	used: Emission;
}

/**
 * Reserves all that is asked for, or nothing.
 * @throws invalid_request when the weight is above the limit, so that its time would never come
 */
export function decideReservation(
	before: RateLimit,
	quota: UnitQuota | null,
	claim: ReservationClaim,
	now: number,
): { row: RateLimit; used: Emission | null; answer: Reserved } {
	const { count, weight, tenant, share, maxWaitMs } = claim;
	const { limit } = before.policy;
	if (weight > limit) throw tooHeavy(weight, limit, 'the limit');
	if (quota && weight > quota.policy.limit) {
		throw tooHeavy(weight, quota.policy.limit, `the quota of the tenant ${tenant}`);
	}
	const line = lineOf(before, now);
	const latest = maxWaitMs === null ? Infinity : now + maxWaitMs;
	let used = quota?.used ?? null;
	const at: number[] = [];
	let worst = 0;
	for (let index = 0; index < count; index += 1) {
		let earliest = now;
		if (quota && used) {
			const policy = { ...quota.policy, burst: quota.policy.limit };
			const counted = emit(used, policy, weight, now, evenPace(policy));
			used = counted.emission;
			earliest = counted.at;
		}
		const time = line.give({ tenant, share, weight, earliest });
		worst = Math.max(worst, time);
		at.push(time);
	}
	if (worst > latest) {
		const retryAt = maxWaitMs === null ? worst : worst - maxWaitMs;
		return { row: before, used: quota?.used ?? null, answer: { granted: false, retryAt } };
	}
	return { row: line.row(), used, answer: { granted: true, at, now } };
}

/** When a unit asked for now would go. */
export function nextAt(limit: RateLimit, now: number): number {
	return lineOf(limit, now).give({ tenant: null, share: 1, weight: 1, earliest: now });
}

function tooHeavy(weight: number, limit: number, of: string): OrchestrationError {
	return new OrchestrationError(
		'invalid_request',
		`Expected a weight of at most ${limit}, ${of}, got ${weight}. Send less at once, or raise it.`,
		{ details: { weight, limit } },
	);
}
