import type { SessionRole } from '../session';

/** An identity provider that people may sign in with. */
export interface ProviderSettings {
	/** Part of its addresses: `google`. */
	name: string;
	/** As its discovery document says it (OpenID Connect Discovery 1.0). */
	issuer: string;
	clientId: string;
	/** Null: a public client, which PKCE alone protects. */
	clientSecret: string | null;
	/** Always with `openid`. */
	scopes: string[];
	/** Which claim says what somebody may do; a path with dots reaches inside. */
	roleClaim: string;
	/** The first that fits a value of the claim counts. */
	roles: RoleRule[];
}

export interface RoleRule {
	/** A value of the claim; `*`: whoever signs in. */
	value: string;
	role: SessionRole;
	/** Only this environment; null: all. */
	environment: string | null;
}

/** What an ID token or the userinfo endpoint says of somebody. */
export type Claims = Record<string, unknown>;

/** Null: nothing says that this person may come in. */
export function roleFor(
	{ roleClaim, roles }: Pick<ProviderSettings, 'roleClaim' | 'roles'>,
	claims: Claims,
): RoleRule | null {
	const values = new Set(valuesAt(claims, roleClaim));
	return roles.find(({ value }) => value === '*' || values.has(value)) ?? null;
}

/** True when the claim is there at all. */
export function saysRole({ roleClaim }: Pick<ProviderSettings, 'roleClaim'>, claims: Claims) {
	return valuesAt(claims, roleClaim).length > 0;
}

/** Names the person in the audit log. An address nobody verified could be anybody's. */
export function personNameOf(provider: string, claims: Claims): string {
	const { email, email_verified: verified, preferred_username: username, sub } = claims;
	const name = [verified === true ? email : undefined, username, sub].find(
		(each) => typeof each === 'string' && each !== '',
	);
	// Postgres takes no U+0000.
	return `${String(name).replaceAll('\0', '').slice(0, 200)} (${provider})`;
}

/** A name with dots of its own (`https://example.com/roles`) comes before a path. */
function valuesAt(claims: Claims, claim: string): string[] {
	const inner = (value: unknown, key: string): unknown =>
		typeof value === 'object' && value !== null && Object.hasOwn(value, key)
			? (value as Record<string, unknown>)[key]
			: undefined;
	const found = inner(claims, claim) ?? claim.split('.').reduce<unknown>(inner, claims);
	return (Array.isArray(found) ? found : [found]).filter((each) => typeof each === 'string');
}
