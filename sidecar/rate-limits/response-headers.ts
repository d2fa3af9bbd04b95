/** A span of milliseconds, or a moment in milliseconds since 1970. */
export type Delay = { inMs: number } | { at: number };

/** What is left of the receiver's own limit until it starts over. */
export interface Allowance {
	remaining: number;
	reset: Delay;
}

export function delayFrom(delay: Delay, now: number): number {
	return Math.max(0, 'inMs' in delay ? delay.inMs : delay.at - now);
}

/**
 * Reads Retry-After (RFC 9110, 10.2.3: seconds or a date), RateLimit with `r` and `t`
 * (draft-ietf-httpapi-ratelimit-headers, also its earlier forms `remaining=…, reset=…` and
 * RateLimit-Remaining / RateLimit-Reset) and X-RateLimit-Remaining / X-RateLimit-Reset. What cannot
 * be read counts as absent: a receiver's header must never stop the caller.
 */
export function readHeaders(given: Record<string, string>): {
	retryAfter: Delay | null;
	allowance: Allowance | null;
} {
	const headers = new Map(
		Object.entries(given).map(([name, value]) => [name.toLowerCase(), value.trim()]),
	);
	return {
		retryAfter: retryAfterOf(headers.get('retry-after')),
		allowance:
			structured(headers.get('ratelimit'), headers.get('ratelimit-policy')) ??
			plain(headers.get('ratelimit-remaining'), headers.get('ratelimit-reset')) ??
			plain(headers.get('x-ratelimit-remaining'), headers.get('x-ratelimit-reset')),
	};
}

function retryAfterOf(text: string | undefined): Delay | null {
	if (text === undefined) return null;
	if (/^\d{1,9}$/.test(text)) return { inMs: Number(text) * 1000 };
	// A date has a name of a day; Date.parse alone would take far too much for one.
	const at = /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : NaN;
	return Number.isNaN(at) ? null : { at };
}

/** Of several policies the one with the least left. */
function structured(text: string | undefined, policy: string | undefined): Allowance | null {
	if (text === undefined) return null;
	const members = /(^|[;,\s])r\s*=/.test(text) ? text.split(',') : [text];
	const allowances = members.flatMap((member): Allowance[] => {
		const remaining = numberIn(member, /(?:^|[;,\s])(?:r|remaining)\s*=\s*(\d{1,15})/);
		const reset =
			numberIn(member, /(?:^|[;,\s])(?:t|reset)\s*=\s*(\d{1,9})/) ?? windowOf(member, policy);
		return remaining === null || reset === null
			? []
			: [{ remaining, reset: { inMs: reset * 1000 } }];
	});
	return allowances.sort((one, other) => one.remaining - other.remaining)[0] ?? null;
}

/** Without `t` the window of the policy of that name is the longest it can take. */
function windowOf(member: string, policy: string | undefined): number | null {
	const name = /^\s*("[^"]*"|[\w*-]+)/.exec(member)?.[1];
	const told = policy?.split(',').find((each) => each.trim().startsWith(`${name};`));
	return told === undefined ? null : numberIn(told, /;\s*w\s*=\s*(\d{1,9})/);
}

function plain(remaining: string | undefined, reset: string | undefined): Allowance | null {
	const left = numberIn(remaining ?? '', /^(\d{1,15})/);
	const seconds = numberIn(reset ?? '', /^(\d{1,13}(?:\.\d+)?)/);
	if (left === null || seconds === null) return null;
	return { remaining: left, reset: resetOf(seconds) };
}

/** Services send seconds to go, seconds since 1970, or milliseconds since 1970. */
function resetOf(value: number): Delay {
	if (value >= 1e12) return { at: value };
	return value >= 1e9 ? { at: value * 1000 } : { inMs: value * 1000 };
}

function numberIn(text: string, pattern: RegExp): number | null {
	const found = pattern.exec(text)?.[1];
	return found === undefined ? null : Number(found);
}
