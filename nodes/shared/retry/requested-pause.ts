/** Seconds since 1970 look like this, seconds from now do not. */
const EARLIEST_EPOCH_SECONDS = 1_000_000_000;

/**
 * How long the receiver asks us to stay away, in milliseconds: Retry-After (RFC 9110), then RateLimit
 * and RateLimit-Remaining/-Reset (IETF draft, older and newer form), then X-RateLimit-*. Undefined
 * when it does not ask.
 */
export function requestedPauseMs(headers: Record<string, string>, now: number): number | undefined {
	const asked =
		retryAfter(headers['retry-after'], now) ??
		rateLimit(headers['ratelimit']) ??
		remainingAndReset(headers, 'ratelimit', now) ??
		remainingAndReset(headers, 'x-ratelimit', now) ??
		remainingAndReset(headers, 'x-rate-limit', now);
	return asked === undefined ? undefined : Math.max(0, Math.round(asked));
}

function retryAfter(value: string | undefined, now: number): number | undefined {
	if (value === undefined || value.trim() === '') return undefined;
	const seconds = Number(value);
	if (Number.isFinite(seconds)) return seconds * 1000;
	const at = Date.parse(value);
	return Number.isNaN(at) ? undefined : at - now;
}

/** `"default";r=0;t=30` or `limit=100, remaining=0, reset=30`; counts only when nothing remains. */
function rateLimit(value: string | undefined): number | undefined {
	if (value === undefined) return undefined;
	const pauses = value
		.split(/,(?=\s*")/)
		.filter((policy) => numberOf(policy, /\b(?:r|remaining)\s*=\s*(\d+)/) === 0)
		.map((policy) => numberOf(policy, /\b(?:t|reset)\s*=\s*(\d+)/))
		.filter((seconds) => seconds !== undefined);
	return pauses.length === 0 ? undefined : Math.max(...pauses) * 1000;
}

function remainingAndReset(
	headers: Record<string, string>,
	prefix: string,
	now: number,
): number | undefined {
	const remaining = headers[`${prefix}-remaining`];
	const reset = Number(headers[`${prefix}-reset`] ?? Number.NaN);
	if (remaining === undefined || Number(remaining) !== 0 || !Number.isFinite(reset)) {
		return undefined;
	}
	return reset >= EARLIEST_EPOCH_SECONDS ? reset * 1000 - now : reset * 1000;
}

function numberOf(text: string, pattern: RegExp): number | undefined {
	const found = pattern.exec(text)?.[1];
	return found === undefined ? undefined : Number(found);
}
