import type { ProviderSettings, RoleRule } from './provider';

/** A setting that cannot be used; of a secret only its length. */
export interface WrongProviderSetting {
	name: string;
	expected: string;
	got: string;
	remedy: string;
}

interface Field<T> {
	expected: string;
	remedy: string;
	/** Undefined: it cannot be used. */
	read(text: string): T | undefined;
	/** Taken when nothing is set; absent: it must be set. */
	unset?: T;
	secret?: boolean;
}

const field = <T>(description: Field<T>): Field<T> => description;

const fields = {
	ISSUER: field<string>({
		expected: 'the https address of the issuer (http only on localhost)',
		remedy: 'take `issuer` from its /.well-known/openid-configuration',
		read: (text) => (isIssuer(text) ? text : undefined),
	}),
	CLIENT_ID: field<string>({
		expected: 'the id this sidecar is registered with',
		remedy: 'register it at the provider',
		read: (text) => text,
	}),
	CLIENT_SECRET: field<string | null>({
		expected: 'the secret of the client',
		remedy: 'unset it for a public client',
		read: (text) => text,
		unset: null,
		secret: true,
	}),
	SCOPES: field<string[]>({
		expected: 'scopes with spaces or commas between',
		remedy: 'unset it for `openid profile email`',
		read: (text) => {
			const scopes = text.split(/[\s,]+/).filter(Boolean);
			const isScope = (scope: string) => /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope);
			return scopes.every(isScope) ? [...new Set(['openid', ...scopes])] : undefined;
		},
		unset: ['openid', 'profile', 'email'],
	}),
	ROLE_CLAIM: field<string>({
		expected: 'the name of a claim, or a path like realm_access.roles',
		remedy: 'unset it for groups',
		read: (text) => text,
		unset: 'groups',
	}),
	ROLES: field<RoleRule[]>({
		expected:
			'value=role or value=role@environment with commas between; roles are viewer, operator, admin',
		remedy: 'write it like `platform=admin,on-call=operator,*=viewer@dev`',
		read: (text) => {
			const rules = text.split(',').map((entry) => ruleOf(entry.trim()));
			return rules.every((rule) => rule !== null) ? rules : undefined;
		},
	}),
};

const prefix = 'ORCHESTRATION_OIDC_';

/** The settings of the providers named in ORCHESTRATION_OIDC_PROVIDERS, with all that is wrong. */
export function readProviders(
	names: readonly string[],
	variables: Record<string, string | undefined>,
): { providers: ProviderSettings[]; wrong: WrongProviderSetting[] } {
	const wrong: WrongProviderSetting[] = [];
	const providers = names.map((name): ProviderSettings => {
		const read = <T>(part: string, { read: parse, ...about }: Field<T>): T => {
			const variable = variableOf(name, part);
			const text = variables[variable]?.trim() || undefined;
			const value = text === undefined ? about.unset : parse(text);
			if (value === undefined) {
				const { expected, remedy } = about;
				const got = text === undefined ? 'nothing' : shown(text, about.secret ?? false);
				wrong.push({ name: variable, expected, got, remedy });
			}
			return value as T;
		};
		return {
			name,
			issuer: read('ISSUER', fields.ISSUER),
			clientId: read('CLIENT_ID', fields.CLIENT_ID),
			clientSecret: read('CLIENT_SECRET', fields.CLIENT_SECRET),
			scopes: read('SCOPES', fields.SCOPES),
			roleClaim: read('ROLE_CLAIM', fields.ROLE_CLAIM),
			roles: read('ROLES', fields.ROLES),
		};
	});
	return { providers, wrong };
}

export function isProviderName(text: string): boolean {
	return /^[a-z][a-z0-9-]{0,30}$/.test(text);
}

/** True for a variable of one of these providers. */
export function isProviderVariable(variable: string, names: readonly string[]): boolean {
	return names.some((name) =>
		Object.keys(fields).some((part) => variable === variableOf(name, part)),
	);
}

/** `google` → `ORCHESTRATION_OIDC_GOOGLE_ISSUER` */
function variableOf(name: string, part: string): string {
	return `${prefix}${name.toUpperCase().replaceAll('-', '_')}_${part}`;
}

function shown(text: string, secret: boolean): string {
	return secret ? `a value of ${text.length} characters` : JSON.stringify(text.slice(0, 200));
}

function isIssuer(text: string): boolean {
	const url = URL.parse(text);
	if (!url || url.search !== '' || url.hash !== '' || url.username !== '') return false;
	const isLocal = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname);
	return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal);
}

/** The value may hold `=` itself, as distinguished names of LDAP do. */
function ruleOf(entry: string): RoleRule | null {
	const [, value, role, environment] =
		/^(.+)=(viewer|operator|admin)(?:@([a-z][a-z0-9-]{0,62}))?$/.exec(entry) ?? [];
	if (value === undefined) return null;
	return { value, role: role as RoleRule['role'], environment: environment ?? null };
}
