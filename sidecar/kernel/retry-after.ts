/**
 * Reads a Retry-After header: seconds or an HTTP date (RFC 9110, 10.2.3).
 * @returns milliseconds from now, 0 for a date that has passed, null when absent or unreadable
 */
export function retryAfterMs(header: string | undefined, now: Date): number | null {
	const text = header?.trim() ?? '';
	if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
	const at = /^[A-Z][a-z]{2},? /.test(text) ? Date.parse(text) : Number.NaN;
	return Number.isNaN(at) ? null : Math.max(0, at - now.getTime());
}
