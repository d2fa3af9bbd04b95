import { createHash } from 'node:crypto';
import type { WorkflowContent } from '../engines/port/workflow';
import { isObject, pathTo } from './json-path';
import { isCachedField, isResourceLocator } from './resource-locator';
import { isSecretName, maskText, namedBySibling } from './secret-mask';
import { secretShapes } from './secret-shapes';

/** A secret that stands in a workflow. Its value is never told. */
export interface FoundSecret {
	kind: string;
	/** e.g. nodes[HTTP Request].parameters.headerParameters.parameters[0].value */
	place: string;
	/** Tells this value at this place from others, without telling it: 16 hex digits. */
	fingerprint: string;
}

/**
 * Secrets in parameters, headers, notes, code and names. A value counts when it has the shape of a
 * provider's token wherever it stands, or looks random and is called a secret: by its field, its header,
 * its variable or its query parameter. Random text alone does not: documents, tables and channels have ids
 * like that.
 */
export function findSecrets(content: WorkflowContent): FoundSecret[] {
	const { nodes, connections: _, ...rest } = content;
	const found: FoundSecret[] = [];
	for (const node of nodes) {
		const { credentials: __, id: ___, webhookId: ____, ...fields } = node;
		// A name may hold one as well.
		inValue(fields, `nodes[${maskText(node.name)}]`, '', found);
	}
	inValue(rest, '', '', found);
	return unique(found);
}

function inValue(value: unknown, place: string, name: string, found: FoundSecret[]): void {
	if (typeof value === 'string') {
		for (const [kind, secret] of secretsIn(value, name)) {
			found.push({ kind, place, fingerprint: fingerprintOf(place, secret) });
		}
		return;
	}
	if (Array.isArray(value)) {
		value.forEach((item, index) => {
			inValue(item, pathTo(place, index), name, found);
		});
		return;
	}
	if (!isObject(value)) return;
	const named = namedBySibling(value);
	const locator = isResourceLocator(value);
	for (const [key, field] of Object.entries(value)) {
		if (locator && isCachedField(key)) continue;
		inValue(field, pathTo(place, key), key === 'value' && named !== '' ? named : key, found);
	}
}

function secretsIn(text: string, name: string): Array<[kind: string, secret: string]> {
	const found: Array<[string, string]> = [];
	for (const { kind, pattern } of secretShapes) {
		for (const [secret] of text.matchAll(pattern)) {
			if (!isPlaceholder(secret)) found.push([kind, secret]);
		}
	}
	if (found.length > 0) return found;
	if (isSecretName(name) && !text.includes('\n')) {
		const secret = text.replace(/^=?\s*(?:(?:Bearer|Basic|Token|ApiKey)\s+)?/i, '').trim();
		if (looksRandom(secret)) found.push([named, secret]);
	}
	for (const [, called = '', secret = ''] of text.matchAll(namedInText)) {
		if (isSecretName(called) && looksRandom(secret)) found.push([named, secret]);
	}
	for (const [, scheme = '', secret = ''] of text.matchAll(schemes)) {
		if (looksRandom(secret)) found.push([`${scheme} authorization`, secret]);
	}
	return found;
}

/** The name itself is not told: it is text like any other. */
const named = 'value of something called a secret';

/** `name: "value"`, `name = 'value'`, `"name": "value"`, `?name=value`. */
const namedInText =
	/([A-Za-z][\w-]{2,40})\\*["'`]?\s*(?:=>|[:=])\s*\\*["'`]?(?:(?:Bearer|Basic|Token)\s+)?([\w+/=.~!@#%^*-]{12,})/g;
const schemes = /\b(Bearer|Basic)\s+([\w+/=.~-]{16,})/g;

/** Enough letters and digits mixed that nobody made it up as a word; see the numbers in docs/promotion.md. */
function looksRandom(text: string): boolean {
	if (text.length < 12 || text.length > 4096 || /\s/.test(text)) return false;
	if (isPlaceholder(text) || isReference(text)) return false;
	const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(text)).length;
	if (kinds < 2 || !/\d/.test(text)) return false;
	return entropy(text) >= (/^[0-9a-f]+$/i.test(text) ? 2.8 : 3.2);
}

/** What people write where a secret belongs. */
function isPlaceholder(text: string): boolean {
	return (
		/your|example|placeholder|replace|insert|change-?me|dummy|sample|redacted|x{4}|\*{3}|\.{3}|<|\{\{|•/i.test(
			text,
		) || /^(.)\1+$/.test(text)
	);
}

/** A path in an object, a variable, an address: nothing secret by itself. */
function isReference(text: string): boolean {
	return (
		/^[=$]|^(?:process\.env|https?:|item|items|json|body|data|headers)\b/.test(text) ||
		/^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)+$/.test(text)
	);
}

/** Bits a character (Shannon). */
function entropy(text: string): number {
	const counts = new Map<string, number>();
	for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
	let bits = 0;
	for (const count of counts.values())
		bits -= (count / text.length) * Math.log2(count / text.length);
	return bits;
}

function fingerprintOf(place: string, secret: string): string {
	return createHash('sha256').update(`${place}\n${secret}`).digest('hex').slice(0, 16);
}

function unique(found: FoundSecret[]): FoundSecret[] {
	const byPrint = new Map(found.map((each) => [`${each.place} ${each.fingerprint}`, each]));
	return [...byPrint.values()];
}
