import { parseCookie, stringifySetCookie } from 'cookie';

/** Over https the prefix keeps other hosts of the domain from setting it (RFC 6265bis). */
const nameOf = (name: string, secure: boolean) => (secure ? `__Host-${name}` : name);

const session = 'orchestration_session';
const journey = 'orchestration_sign_in';

export function sessionCookieIn(header: string | undefined, secure: boolean): string | null {
	return valueIn(header, nameOf(session, secure));
}

/** What the browser carries while somebody is at their identity provider. */
export function journeyCookieIn(header: string | undefined, secure: boolean): string | null {
	return valueIn(header, nameOf(journey, secure));
}

/** Strict: pages of others cannot make the browser send it, not even with a link. */
export function setSessionCookie(value: string, secure: boolean, lastsMs: number): string {
	return stringify(nameOf(session, secure), value, { secure, lastsMs, sameSite: 'strict' });
}

export function clearSessionCookie(secure: boolean): string {
	return stringify(nameOf(session, secure), '', { secure, lastsMs: 0, sameSite: 'strict' });
}

/** Lax: the way back from the provider is a link of another site. */
export function setJourneyCookie(value: string, secure: boolean, lastsMs: number): string {
	return stringify(nameOf(journey, secure), value, { secure, lastsMs, sameSite: 'lax' });
}

export function clearJourneyCookie(secure: boolean): string {
	return stringify(nameOf(journey, secure), '', { secure, lastsMs: 0, sameSite: 'lax' });
}

function valueIn(header: string | undefined, name: string): string | null {
	return parseCookie(header ?? '')[name] || null;
}

function stringify(
	name: string,
	value: string,
	{ secure, lastsMs, sameSite }: { secure: boolean; lastsMs: number; sameSite: 'strict' | 'lax' },
): string {
	return stringifySetCookie({
		name,
		value,
		httpOnly: true,
		secure,
		sameSite,
		path: '/',
		maxAge: Math.floor(lastsMs / 1000),
	});
}
