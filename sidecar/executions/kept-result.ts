import type { Result } from './execution-store';
import type { Item } from '../engines/port/execution';
import { redactItems, type Redaction } from './redaction';

/** Bytes of JSON that are kept of a result. */
export const largestResult = 256 * 1024;

/** What is kept of what came out: redacted, and a larger one only as the beginning of its JSON. */
export function keptResult(value: unknown, redaction: Redaction): Result {
	const shown = hasItems(value)
		? { items: redactItems(redaction, value.items) }
		: redaction.redact(value);
	const json = JSON.stringify(shown ?? null);
	if (Buffer.byteLength(json) <= largestResult) return { value: shown ?? null, truncated: false };
	return { value: { beginning: json.slice(0, 4_096) }, truncated: true };
}

/** What the last node gave, as the engine port hands it over. */
function hasItems(value: unknown): value is { items: Item[] } {
	const items = (value as { items?: unknown } | null)?.items;
	return (
		Array.isArray(items) && items.every((item: Partial<Item> | null) => item?.json !== undefined)
	);
}
