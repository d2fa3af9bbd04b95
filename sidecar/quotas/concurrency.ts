/** A place held under a key until it is given back or its time is over. */
export interface ConcurrencyLease {
	id: string;
	key: string;
	/** Higher for every lease of a key: what holds an old one can be told. */
	fence: number;
	tenant: string | null;
	executionId: string | null;
	grantedAt: Date;
	expiresAt: Date;
}

export interface ConcurrencyKey {
	key: string;
	limit: number;
	leases: ConcurrencyLease[];
}

/** A key without naming who holds its leases. */
export interface HeldKey {
	key: string;
	limit: number;
	held: number;
}

export interface LeaseClaim {
	limit: number;
	count: number;
	ttlMs: number;
	tenant: string | null;
	executionId: string | null;
	/** Of the tenant over all keys; null: no limit. */
	tenantLimit: number | null;
}

/** What is held when the decision is made, under a lock. */
export interface Held {
	underKey: number;
	byTenant: number;
	/** When the first of the leases in the way ends by itself. */
	firstEnd: Date | null;
}

export type ConcurrencyDecision =
	{ granted: true } | { granted: false; held: number; limit: number; retryAt: Date };

/** Leases are given back sooner than they run out, most likely: ask again after this at the latest. */
const retryMs = 1_000;

/** All that is asked for, or nothing. */
export function decideLeases(claim: LeaseClaim, held: Held, now: Date): ConcurrencyDecision {
	const { count, limit, tenantLimit } = claim;
	const isTenantFull = tenantLimit !== null && held.byTenant + count > tenantLimit;
	if (held.underKey + count <= limit && !isTenantFull) return { granted: true };
	const latest = now.getTime() + retryMs;
	const retryAt = Math.min(latest, Math.max(now.getTime(), held.firstEnd?.getTime() ?? latest));
	return {
		granted: false,
		...(held.underKey + count > limit
			? { held: held.underKey, limit }
			: { held: held.byTenant, limit: tenantLimit ?? limit }),
		retryAt: new Date(retryAt),
	};
}
