/**
 * PUT /retry-budgets/{key}. Every call told adds `ratio` retries, which are good for `windowMs`; a small
 * reserve of `minPerSecond` keeps quiet callers able to retry. Over any time the fleet makes at most
 * ratio × calls + minPerSecond × (time + windowMs) retries. As Finagle's RetryBudget.
 */
export interface RetryBudgetPolicy {
	/** Retries per call, 0 to 1 000. Default 0.2. */
	ratio?: number;
	/** Retries a second that need no calls. Default 1; 0: none. */
	minPerSecond?: number;
	/** Milliseconds. Default 10 000, at least 1 000. */
	windowMs?: number;
}

/** GET /retry-budgets/{key}; GET /retry-budgets by key. */
export interface RetryBudget {
	key: string;
	ratio: number;
	minPerSecond: number;
	windowMs: number;
	/** Retries that would be granted now. */
	available: number;
	updatedAt: string;
}

/** POST /retry-budgets/{key}/withdrawals, role node and above. */
export interface WithdrawalRequest {
	/** First attempts made since the last time this was told. Default 0. */
	calls?: number;
	/** Retries wanted, 0 or more. 0: only tells the calls. */
	retries: number;
	/** Used only when the budget is new; without it a new one has the defaults. */
	policy?: RetryBudgetPolicy;
}

export interface WithdrawalAnswer {
	/** All that was asked for was granted. */
	allowed: boolean;
	/** 0 to `retries`; these may be made now. */
	granted: number;
	/** When asking for one more would do, were no call made until then; absent when only calls help. */
	retryAt?: string;
}
