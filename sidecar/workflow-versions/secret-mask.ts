import { isObject } from './json-path';

export const mask = '•••';

const secretWords =
	/pass(word|wd|phrase|code)|pwd|secret|token|api-?key|access-?key|private-?key|signing-?key|encryption-?key|authori[sz]ation|bearer|credential|cookie|^auth$|x-api|jwt/;
/** Names that hold one of the words above and count or name things instead. */
const harmlessWords =
	/(max|min|num|count|total|prompt|completion|page)[a-z-]*-?tokens?|tokens?-?(count|limit|type|url|name)|cookie-?name|secret-?name|credentials?-?type/;

/** Whether a field of this name is likely to hold a secret. */
export function isSecretName(name: string): boolean {
	const words = name
		.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
		.replace(/[\s_.]+/g, '-')
		.toLowerCase();
	return secretWords.test(words) && !harmlessWords.test(words);
}

/** Values that give themselves away: schemes, well-known prefixes, user info of an address, secrets in code. */
const secretTexts: Array<[RegExp, string]> = [
	// A value with no digit, capital or `=` is a word of a sentence.
	[/\b([Bb]earer|[Bb]asic)(\s+)(?=\S*[0-9A-Z=])[A-Za-z0-9._~+/=-]{8,}/g, `$1$2${mask}`],
	[/(\/\/[^\s/:@]*:)[^\s/@]+(@)/g, `$1${mask}$2`],
	[/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, mask],
	[/\b(sk|pk|rk|xox[abeoprs]|gh[oprsu]|glpat|shpat|SG|whsec)([-_.])[\w.-]{10,}/g, `$1$2${mask}`],
	[/\bA(KIA|SIA)[A-Z0-9]{16}\b/g, mask],
	[/\bAIza[\w-]{30,}/g, mask],
	[/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, mask],
];

/** `name: `, `name=`, `"name": ` inside code, JSON text or an address; quotes may be escaped. */
const naming = /(?<![\w-])([\w-]+)\\*["'`]?\s*(?:=>|[:=])\s*/g;
const named =
	/(\\*")[^"]*"?|(\\*')[^']*'?|(\\*`)[^`]*`?|(?:(?:Bearer|Basic|Token)\s+)?[^\s"'`,;&{}()]+/iy;

/** Hides secrets inside a text and leaves the rest readable. */
export function maskText(text: string): string {
	let masked = text;
	for (const [pattern, replacement] of secretTexts) masked = masked.replace(pattern, replacement);
	let shown = '';
	let from = 0;
	for (const match of masked.matchAll(naming)) {
		const end = match.index + match[0].length;
		if (match.index < from || !isSecretName(match[1] ?? '')) continue;
		named.lastIndex = end;
		const value = named.exec(masked);
		if (value === null) continue;
		const quote = value[1] ?? value[2] ?? value[3] ?? '';
		shown += masked.slice(from, end) + quote + mask + quote;
		from = named.lastIndex;
	}
	return shown + masked.slice(from);
}

/** Hides secrets in any JSON value. `name` is the key it stands under. */
export function maskValue(value: unknown, name = ''): unknown {
	if (value === null || value === undefined || typeof value === 'boolean') return value;
	if (isSecretName(name)) return mask;
	if (typeof value === 'string') return maskText(value);
	if (Array.isArray(value)) return value.map((item) => maskValue(item, name));
	if (!isObject(value)) return value;
	const named = namedBySibling(value);
	return Object.fromEntries(
		Object.entries(value).map(([key, field]) => [
			key,
			maskValue(field, key === 'value' && isSecretName(named) ? named : key),
		]),
	);
}

/** n8n keeps headers and query fields as `{name: 'Authorization', value: '…'}`. */
export function namedBySibling(object: Record<string, unknown>): string {
	const name = object['name'] ?? object['key'];
	return typeof name === 'string' ? name : '';
}
