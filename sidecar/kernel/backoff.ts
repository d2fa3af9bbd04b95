/** How long to wait before the next attempt. All times in milliseconds. */
export interface BackoffPolicy {
	/** Delay before the first retry. Minimum 0. */
	baseDelayMs: number;
	/** No delay is longer than this. */
	maxDelayMs: number;
	/** Growth per attempt. Default 2. */
	factor?: number;
	/** Share of the delay that is random, 0 (none) to 1 (anywhere from 0 to the full delay). Default 0.5. */
	jitter?: number;
}

/**
 * Exponential backoff with jitter.
 * @param attempt attempts already made, at least 1
 * @param random a number in [0, 1)
 */
export function backoffDelay(policy: BackoffPolicy, attempt: number, random: number): number {
	const { baseDelayMs, maxDelayMs, factor = 2, jitter = 0.5 } = policy;
	const full = Math.min(maxDelayMs, baseDelayMs * factor ** (attempt - 1));
	return Math.round(full * (1 - jitter * random));
}
