import type { Result } from './execution-store';
import type { Redaction } from './redaction';

/** Bytes of JSON that are kept of a result. */
export const largestResult = 256 * 1024;

/** What is kept of what came out: redacted, and a larger one only as the beginning of its JSON. */
export function keptResult(value: unknown, redaction: Redaction): Result {
	const shown = redaction.redact(value);
	const json = JSON.stringify(shown ?? null);
	if (Buffer.byteLength(json) <= largestResult) return { value: shown ?? null, truncated: false };
	return { value: { beginning: json.slice(0, 4_096) }, truncated: true };
}
