import { OrchestrationError } from '../kernel/errors';
import type { Quota } from '../quotas/quota';
import { type Feedback, decideFeedback } from './feedback';
import { type RateLimit, type RateLimitPolicy, newRateLimit, withPolicy } from './rate-limit';
import type { RateLimitStore } from './rate-limit-store';
import { type ReservationClaim, type Reserved, decideReservation } from './reserve';

export interface RateLimitPorts {
	rateLimits: RateLimitStore;
	/** May be a second behind. */
	quotaOf(tenant: string): Promise<Quota | null>;
}

export interface RateLimitAt {
	limit: RateLimit;
	now: number;
}

/**
 * Reserves all or nothing. A limit asked for the first time is made with `policy`.
 * @throws rate_limit_not_found when it is unknown and no policy came, invalid_request
 */
export async function reserve(
	{ rateLimits, quotaOf }: RateLimitPorts,
	key: string,
	claim: Omit<ReservationClaim, 'share'>,
	policy: RateLimitPolicy | null,
): Promise<Reserved> {
	const limitOf = (row: RateLimit | null): RateLimit => {
		if (row) return row;
		if (policy) return newRateLimit(policy);
		throw unknown(key);
	};
	const quota = claim.tenant === null ? null : await quotaOf(claim.tenant);
	const shared = { ...claim, share: quota?.policy.weight ?? 1 };
	if (claim.tenant === null || quota === null) {
		return await rateLimits.decide(key, (row, now) =>
			decideReservation(limitOf(row), null, shared, now),
		);
	}
	return await rateLimits.decideWithQuota(key, claim.tenant, (row, held, now) => {
		const decided = decideReservation(limitOf(row), held, shared, now);
		const after = held && decided.used ? { ...held, used: decided.used } : held;
		return { limit: decided.row, quota: after, answer: decided.answer };
	});
}

export async function putRateLimit(
	{ rateLimits }: RateLimitPorts,
	key: string,
	policy: RateLimitPolicy,
): Promise<RateLimitAt & { created: boolean }> {
	return await rateLimits.decide(key, (row, now) => {
		const limit = withPolicy(row, policy, now);
		return { row: limit, answer: { limit, now, created: row === null } };
	});
}

/** @throws rate_limit_not_found */
export async function findRateLimit(
	{ rateLimits }: RateLimitPorts,
	key: string,
): Promise<RateLimitAt & { updatedAt: Date }> {
	const found = await rateLimits.find(key);
	if (!found) throw unknown(key);
	return { limit: found.row, now: found.now, updatedAt: found.updatedAt };
}

/** @throws rate_limit_not_found */
export async function takeFeedback(
	{ rateLimits }: RateLimitPorts,
	key: string,
	feedback: Feedback,
): Promise<void> {
	await rateLimits.decide(key, (row, now) => {
		if (!row) throw unknown(key);
		return { row: decideFeedback(row, feedback, now), answer: null };
	});
}

function unknown(key: string): OrchestrationError {
	return new OrchestrationError(
		'rate_limit_not_found',
		`There is no rate limit "${key}". Make it with PUT /api/v1/rate-limits/{key}, or send ` +
			'`policy: {limit, intervalMs}` with the first reservation.',
	);
}
