import { isDeepStrictEqual } from 'node:util';
import { isObject, pathTo } from './json-path';
import { isSecretName, maskValue, namedBySibling } from './secret-mask';

/** One changed field. A side that has no such field is undefined. Secrets are masked. */
export interface FieldChange {
	path: string;
	before: unknown;
	after: unknown;
}

/** The smallest changed places between two JSON values; array items are compared by index. */
export function fieldChanges(before: unknown, after: unknown, path = ''): FieldChange[] {
	return changes(before, after, path, '');
}

function changes(before: unknown, after: unknown, path: string, name: string): FieldChange[] {
	if (isDeepStrictEqual(before, after)) return [];
	if (isSecretName(name)) return [masked(before, after, path, name)];
	if (Array.isArray(before) && Array.isArray(after)) {
		const length = Math.max(before.length, after.length);
		return Array.from({ length }, (_, index) =>
			changes(before[index], after[index], pathTo(path, index), name),
		).flat();
	}
	if (isObject(before) && isObject(after)) {
		const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
		const named = [before, after].map(namedBySibling).find(isSecretName);
		return keys.flatMap((key) =>
			changes(
				own(before, key),
				own(after, key),
				pathTo(path, key),
				key === 'value' && named ? named : nameOf(path, key),
			),
		);
	}
	return [masked(before, after, path, name)];
}

/** The type of a credential may well be called "…Token"; what a node says of it is no secret. */
function isOpen(path: string): boolean {
	return path === 'credentials' || path.startsWith('credentials.');
}

function nameOf(path: string, key: string): string {
	return isOpen(pathTo(path, key)) ? '' : key;
}

function masked(before: unknown, after: unknown, path: string, name: string): FieldChange {
	if (isOpen(path)) return { path, before, after };
	return { path, before: maskValue(before, name), after: maskValue(after, name) };
}

function own(object: Record<string, unknown>, key: string): unknown {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}
