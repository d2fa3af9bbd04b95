import type { Item } from '../engines/port/execution';
import type { Input } from './execution';

/** Stands where something was hidden. */
export const redacted = '[redacted]';

export interface Redaction {
	/** The same value, what the rules name replaced; the value itself when they name nothing of it. */
	redact(value: unknown): unknown;
}

/**
 * @param rules `password`: that key wherever it stands, in any case. `body.card.number`: that path; `*`
 * stands for one key or index, `**` for any number of them
 */
export function createRedaction(rules: readonly string[]): Redaction {
	const keys = new Set(
		rules.filter((rule) => !rule.includes('.')).map((rule) => rule.toLowerCase()),
	);
	const paths = rules.filter((rule) => rule.includes('.')).map((rule) => rule.split('.'));
	if (rules.length === 0) return { redact: (value) => value };
	const walk = (value: unknown, open: readonly string[][]): unknown => {
		if (typeof value !== 'object' || value === null) return value;
		const change = (key: string, inner: unknown): unknown => {
			if (!Array.isArray(value) && keys.has(key.toLowerCase())) return redacted;
			const next = open.flatMap((path) => advance(path, key));
			return next.some((path) => path.length === 0) ? redacted : walk(inner, next);
		};
		if (Array.isArray(value)) {
			const changed = value.map((inner: unknown, at) => change(String(at), inner));
			return changed.some((inner, at) => inner !== value[at]) ? changed : value;
		}
		const entries = Object.entries(value);
		const changed = entries.map(([key, inner]) => [key, change(key, inner)] as const);
		const isSame = changed.every(([, inner], at) => inner === entries[at]?.[1]);
		return isSame ? value : Object.fromEntries(changed);
	};
	return { redact: (value) => walk(value, paths) };
}

/** What is left of a path behind a key; nothing when it does not lead there. */
function advance(path: string[], key: string): string[][] {
	const [first, ...rest] = path;
	if (first === undefined) return [];
	if (first === '**') return [path, ...advance(rest, key)];
	return first === '*' || first.toLowerCase() === key.toLowerCase() ? [rest] : [];
}

/** Paths begin in the payload, or in each item; the same input when the rules name nothing of it. */
export function redactInput(redaction: Redaction, input: Input): Input {
	if ('items' in input) {
		const items = redactItems(redaction, input.items);
		return items === input.items ? input : { items };
	}
	const payload = redaction.redact(input.payload);
	return payload === input.payload ? input : { payload };
}

export function redactItems(redaction: Redaction, items: Item[]): Item[] {
	const redactedItems = items.map((item) => {
		const json = redaction.redact(item.json) as Item['json'];
		return json === item.json ? item : { ...item, json };
	});
	return redactedItems.some((item, at) => item !== items[at]) ? redactedItems : items;
}
