const secretNames = new Set([
	'accesstoken',
	'admintoken',
	'apikey',
	'authorization',
	'clientsecret',
	'cookie',
	'databaseurl',
	'encryptionkey',
	'encryptionkeys',
	'password',
	'privatekey',
	'proxyauthorization',
	'resumetoken',
	'sealedaccess',
	'secret',
	'secrets',
	'setcookie',
	'signingkey',
	'refreshtoken',
	'token',
	'xn8napikey',
]);

const censor = '[redacted]';

/** Below this a logged object is cut off: nobody reads it, and a circle ends here too. */
const deepest = 12;

/**
 * A copy in which every field named like a secret reads `[redacted]`, however deep it lies and
 * however its name is written (`apiKey`, `api_key`, `API-KEY`). Errors are left to their serializer.
 */
export function redact(facts: Record<string, unknown>): Record<string, unknown> {
	return copyOf(facts, 0);
}

function copyOf(facts: object, depth: number): Record<string, unknown> {
	const copy: Record<string, unknown> = {};
	for (const [name, value] of Object.entries(facts)) {
		copy[name] = isSecret(name) ? censor : redacted(value, depth + 1);
	}
	return copy;
}

function redacted(value: unknown, depth: number): unknown {
	if (typeof value !== 'object' || value === null || value instanceof Error) return value;
	if ('toJSON' in value) return value;
	if (depth > deepest) return '[too deep]';
	if (Array.isArray(value)) return value.map((each) => redacted(each, depth + 1));
	return copyOf(value, depth);
}

/** Names come from our own code, so they are few; the bound is for headers of others. */
const known = new Map<string, boolean>();

function isSecret(name: string): boolean {
	const answer = known.get(name);
	if (answer !== undefined) return answer;
	const secret = secretNames.has(name.toLowerCase().replaceAll(/[-_]/g, ''));
	if (known.size < 1_000) known.set(name, secret);
	return secret;
}
