/** Where a value stands in a JSON document, as people write it: `parameters.rules[0].value`. */
export function pathTo(base: string, key: string | number): string {
	if (typeof key === 'number') return `${base}[${key}]`;
	if (!/^[^\s.[\]"]+$/.test(key)) return `${base}[${JSON.stringify(key)}]`;
	return base === '' ? key : `${base}.${key}`;
}

export type JsonObject = Record<string, unknown>;

export function isObject(value: unknown): value is JsonObject {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Value at a path of keys; undefined when any step is missing. */
export function valueAt(root: unknown, keys: readonly string[]): unknown {
	let value = root;
	for (const key of keys) {
		if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
		value = value[key];
	}
	return value;
}

/** A copy of `root` with another value at the path; everything beside the path is shared. */
export function replaceAt<T>(root: T, keys: readonly string[], replacement: unknown): T {
	const [key, ...rest] = keys;
	if (key === undefined) return replacement as T;
	const object: JsonObject = isObject(root) ? root : {};
	return { ...object, [key]: replaceAt(object[key], rest, replacement) } as T;
}
