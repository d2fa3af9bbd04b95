import { delayFrom, readHeaders } from './response-headers';
import type { RateLimit } from './rate-limit';

export interface Feedback {
	status: number;
	/** Names in any case. */
	headers: Record<string, string>;
}

/** A receiver that says no and nothing more is left alone for one interval, at most this long. */
const longestGuessMs = 60_000;
/** A pause is believed up to a day. */
const longestPauseMs = 86_400_000;

/**
 * Takes what a receiver answered: 429 or 503 with Retry-After, or nothing remaining, pauses the key;
 * little remaining slows it down to what is left until the reset. Only the next reservations feel it.
 */
export function decideFeedback(before: RateLimit, feedback: Feedback, now: number): RateLimit {
	const { status } = feedback;
	const { retryAfter, allowance } = readHeaders(feedback.headers);
	const isRefusal = status === 429 || (status === 503 && retryAfter !== null);
	const pauses: number[] = [];
	if (isRefusal && retryAfter !== null) pauses.push(delayFrom(retryAfter, now));
	if (allowance?.remaining === 0) pauses.push(delayFrom(allowance.reset, now));
	if (isRefusal && pauses.length === 0) {
		pauses.push(Math.min(before.policy.intervalMs, longestGuessMs));
	}
	const pause = Math.min(Math.max(0, ...pauses), longestPauseMs);
	const pausedUntil =
		pause > 0 ? Math.max(before.pausedUntil ?? 0, Math.ceil(now + pause)) : before.pausedUntil;

	let { slow } = before;
	if (allowance && allowance.remaining > 0) {
		const left = Math.min(delayFrom(allowance.reset, now), longestPauseMs);
		const everyMs = Math.ceil((left / allowance.remaining) * 2048) / 2048;
		const isSlower = everyMs > before.policy.intervalMs / before.policy.limit;
		slow = isSlower ? { everyMs, until: Math.ceil(now + left) } : null;
	}
	return pausedUntil === before.pausedUntil && slow === before.slow
		? before
		: { ...before, pausedUntil, slow };
}
