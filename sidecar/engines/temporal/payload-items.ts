import type { Item } from '../port/execution';

/**
 * Arguments of a workflow as items and back, without loss. One object is one item; anything else
 * stands in `{args: […]}`.
 */
export function itemsOfArgs(args: unknown[]): Item[] {
	const [only] = args;
	return args.length === 1 && isPlain(only) && !isWrapped(only)
		? [{ json: only }]
		: [{ json: { args } }];
}

/** Several items, as other workflows hand them on, are one argument: the array of what is in them. */
export function argsOfItems(items: Item[]): unknown[] {
	const [only] = items;
	if (items.length !== 1 || only === undefined) return [items.map(({ json }) => json)];
	return isWrapped(only.json) ? only.json.args : [only.json];
}

function isPlain(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWrapped(json: Record<string, unknown>): json is { args: unknown[] } {
	return Object.keys(json).length === 1 && Array.isArray(json['args']);
}
