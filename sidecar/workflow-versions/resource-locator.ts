import { isObject, pathTo, type JsonObject } from './json-path';

/** n8n's "choose from a list or give an id" value. The `cachedResult…` fields only serve the editor. */
export interface ResourceLocator extends JsonObject {
	__rl: true;
	mode?: string;
	value?: unknown;
	cachedResultName?: string;
	cachedResultUrl?: string;
}

export function isResourceLocator(value: unknown): value is ResourceLocator {
	return isObject(value) && value['__rl'] === true;
}

export function isCachedField(key: string): boolean {
	return key.startsWith('cachedResult');
}

/** The same value without what the editor remembers about chosen resources. */
export function withoutCachedFields(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutCachedFields);
	if (!isObject(value)) return value;
	const locator = isResourceLocator(value);
	return Object.fromEntries(
		Object.entries(value)
			.filter(([key, field]) => field !== undefined && !(locator && isCachedField(key)))
			.map(([key, field]) => [key, withoutCachedFields(field)]),
	);
}

/** What the editor remembers, by place. */
export function cachedFields(value: unknown, path = ''): Array<[place: string, value: unknown]> {
	if (Array.isArray(value)) {
		return value.flatMap((item, index) => cachedFields(item, pathTo(path, index)));
	}
	if (!isObject(value)) return [];
	const locator = isResourceLocator(value);
	return Object.entries(value).flatMap(([key, field]): Array<[string, unknown]> => {
		const place = pathTo(path, key);
		return locator && isCachedField(key) ? [[place, field]] : cachedFields(field, place);
	});
}

/**
 * The text of a parameter that is not worked out at run time; null when it is.
 * A leading `=` makes an expression, but without `{{ }}` it is still plain text.
 */
export function plainText(value: unknown): string | null {
	if (typeof value === 'number') return String(value);
	if (typeof value !== 'string') return null;
	if (!value.startsWith('=')) return value;
	return value.includes('{{') ? null : value.slice(1);
}
