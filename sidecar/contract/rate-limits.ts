/** PUT /rate-limits/{key} */
export interface RateLimitPolicy {
	/** Units per interval. */
	limit: number;
	/** Milliseconds. */
	intervalMs: number;
	/** Units that may go at once. Default 1: evenly spaced. Never more than `limit` in any window of `intervalMs`. */
	burst?: number;
}

/** GET /rate-limits/{key} */
export interface RateLimit {
	key: string;
	limit: number;
	intervalMs: number;
	burst: number;
	/** When a unit asked for now would be granted. */
	nextAt: string;
	/** A pause learned from the receiver (Retry-After, RateLimit headers); null when there is none. */
	pausedUntil: string | null;
	updatedAt: string;
}

/** POST /rate-limits/{key}/reservations */
export interface ReservationRequest {
	/** Reservations wanted. Default 1, at most 10 000. */
	count?: number;
	/** Units of each. Default 1. */
	weight?: number;
	/** Shares the limit fairly between tenants. Default: one for all. */
	tenant?: string;
	/** Refused when any would be later than this, in milliseconds. Default: wait as long as it takes. */
	maxWaitMs?: number;
	/** Used only when the limit is new. */
	policy?: RateLimitPolicy;
}

/** Each reservation is the right to start at its time. All are granted, or none. */
export type ReservationAnswer =
	| { granted: true; reservations: Array<{ at: string; waitMs: number }> }
	/** Nothing was reserved. */
	| { granted: false; retryAt: string; reservations: [] };

/** POST /rate-limits/{key}/feedback → RateLimit: what a receiver answered. */
export interface FeedbackRequest {
	status: number;
	/** Only Retry-After (RFC 9110) and RateLimit, RateLimit-Policy (IETF draft), X-RateLimit-* are looked at. */
	headers?: Record<string, string>;
}

/** POST /concurrency/{key}/leases */
export interface ConcurrencyRequest {
	/** Leases held at once under this key, over all workers; the first request of a key sets it, a later one changes it. */
	limit: number;
	/** Default 1. */
	count?: number;
	/** A lease that is not renewed ends by itself. Default 60 000. */
	ttlMs?: number;
	tenant?: string;
	/** Shown to operators: who holds it. */
	executionId?: string;
}

export type ConcurrencyAnswer =
	| { granted: true; leases: Array<{ id: string; fence: number; expiresAt: string }> }
	| { granted: false; held: number; limit: number; retryAt: string; leases: [] };

/** PUT /quotas/{tenant} */
export interface QuotaPolicy {
	/** Units per interval over all keys. */
	limit: number;
	intervalMs: number;
	/** Leases held at once over all keys. Default: no limit. */
	concurrent?: number;
	/** Share of a contended limit against other tenants. Default 1. */
	weight?: number;
}

/** GET /quotas/{tenant} */
export interface Quota {
	tenant: string;
	limit: number;
	intervalMs: number;
	/** null: no limit. */
	concurrent: number | null;
	weight: number;
	updatedAt: string;
}

/** PATCH /concurrency/{key}/leases/{id} → the lease with its new end */
export interface LeaseRenewal {
	/** As it was granted. */
	fence: number;
	/** From now on. Default 60 000. */
	ttlMs?: number;
}

/** GET /concurrency */
export interface ConcurrencyKey {
	key: string;
	/** As the last request said. */
	limit: number;
	held: number;
}

/** GET /concurrency/{key} */
export interface Concurrency {
	key: string;
	/** As the last request said. */
	limit: number;
	held: number;
	leases: Array<{
		id: string;
		fence: number;
		expiresAt: string;
		tenant: string | null;
		executionId: string | null;
		grantedAt: string;
	}>;
}
