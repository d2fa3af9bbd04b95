import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** JSON with one spelling: keys sorted, no white space (RFC 8785, JSON Canonicalization Scheme). */
export function canonicalJson(value: unknown): string {
	const text = canonicalize(value);
	if (text === undefined) throw new TypeError(`expected a JSON value, got ${typeof value}`);
	return text;
}

/** SHA-256 of the canonical JSON, as 64 lower-case hex digits. */
export function digestOf(value: unknown): string {
	return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
