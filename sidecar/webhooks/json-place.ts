import type { EventSource } from './endpoint';

/** Name of a field, or index in an array. */
export type Place = ReadonlyArray<string | number>;

const step = /(?:^|\.)([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d{1,6})\]|\["((?:[^"\\]|\\.)*)"\]/uy;

/** Reads `data.object.id`, `$.items[0]["x-y"]`; null when it is no such path. */
export function readPlace(text: string): Place | null {
	const rest = text.replace(/^\$(\.|(?=\[))/, '');
	const place: Array<string | number> = [];
	step.lastIndex = 0;
	while (step.lastIndex < rest.length) {
		const found = step.exec(rest);
		if (!found) return null;
		const [, name, index, quoted] = found;
		place.push(name ?? (index === undefined ? unquoted(quoted ?? '') : Number(index)));
	}
	return place.length === 0 || place.length > 50 ? null : place;
}

/** Only what the JSON itself holds; undefined when there is nothing. */
export function valueAt(value: unknown, place: Place): unknown {
	let inner = value;
	for (const name of place) {
		if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, name)) {
			return undefined;
		}
		inner = (inner as Record<string | number, unknown>)[name];
	}
	return inner;
}

/** What a source gives, as a text; null when there is nothing, or something that is no text. */
export function textFrom(
	source: EventSource | null,
	headers: Record<string, string>,
	json: () => unknown,
): string | null {
	if (source === null) return null;
	const value =
		'header' in source
			? headers[source.header.toLowerCase()]
			: valueAt(json(), readPlace(source.path) ?? []);
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return typeof value === 'string' && value !== '' ? value : null;
}

function unquoted(text: string): string {
	return text.replaceAll(/\\(.)/gs, '$1');
}

/** The JSON of a body, parsed when first asked for; undefined when it is none. */
export function lazyJson(body: Buffer): () => unknown {
	let parsed: { value: unknown } | null = null;
	return () => (parsed ??= { value: parse(body) }).value;
}

function parse(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		return undefined; // kept all the same: the bytes are the event
	}
}
