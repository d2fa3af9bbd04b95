import { personNameOf, roleFor } from '../../../sidecar/sessions/oidc/provider';
import {
	isProviderVariable,
	readProviders,
} from '../../../sidecar/sessions/oidc/provider-settings';
import { requireOwnOrigin } from '../../../sidecar/http/own-page';

const google = {
	ORCHESTRATION_OIDC_GOOGLE_ISSUER: 'https://accounts.google.com',
	ORCHESTRATION_OIDC_GOOGLE_CLIENT_ID: 'abc',
	ORCHESTRATION_OIDC_GOOGLE_ROLES: 'cn=ops,ou=it=operator, platform=admin,*=viewer@dev',
};

it('reads a provider with its defaults', () => {
	const variables = { ...google, ORCHESTRATION_OIDC_GOOGLE_ROLES: 'cn=ops=operator,*=viewer@dev' };
	expect(readProviders(['google'], variables)).toEqual({
		wrong: [],
		providers: [
			{
				name: 'google',
				issuer: 'https://accounts.google.com',
				clientId: 'abc',
				clientSecret: null,
				scopes: ['openid', 'profile', 'email'],
				roleClaim: 'groups',
				roles: [
					{ value: 'cn=ops', role: 'operator', environment: null },
					{ value: '*', role: 'viewer', environment: 'dev' },
				],
			},
		],
	});
});

it('always asks for openid', () => {
	const variables = { ...google, ORCHESTRATION_OIDC_GOOGLE_SCOPES: 'email groups' };
	const { providers } = readProviders(['google'], variables);
	expect(providers[0]?.scopes).toEqual(['openid', 'email', 'groups']);
});

it('tells everything that is wrong at once, and no secret', () => {
	const { wrong } = readProviders(['my-idp'], {
		ORCHESTRATION_OIDC_MY_IDP_ISSUER: 'http://idp.example.com',
		ORCHESTRATION_OIDC_MY_IDP_CLIENT_SECRET: 'hush',
		ORCHESTRATION_OIDC_MY_IDP_SCOPES: 'openid "',
		ORCHESTRATION_OIDC_MY_IDP_ROLES: 'staff=owner',
	});
	expect(wrong.map(({ name }) => name.replace('ORCHESTRATION_OIDC_MY_IDP_', ''))).toEqual([
		'ISSUER',
		'CLIENT_ID',
		'SCOPES',
		'ROLES',
	]);
	expect(JSON.stringify(wrong)).not.toContain('hush');
});

it('takes http only on this machine', () => {
	const wrongWith = (issuer: string) =>
		readProviders(['google'], { ...google, ORCHESTRATION_OIDC_GOOGLE_ISSUER: issuer }).wrong.some(
			({ name }) => name.endsWith('ISSUER'),
		);
	expect(wrongWith('http://localhost:8080/realms/a')).toBe(false);
	expect(wrongWith('http://127.0.0.1:8080')).toBe(false);
	expect(wrongWith('http://localhost.evil.example')).toBe(true);
	expect(wrongWith('https://idp.example.com/?x=1')).toBe(true);
	expect(wrongWith('ftp://idp.example.com')).toBe(true);
});

it('knows which variables belong to a provider', () => {
	expect(isProviderVariable('ORCHESTRATION_OIDC_GOOGLE_ROLES', ['google'])).toBe(true);
	expect(isProviderVariable('ORCHESTRATION_OIDC_GOOGLE_ROLE', ['google'])).toBe(false);
	expect(isProviderVariable('ORCHESTRATION_OIDC_OKTA_ROLES', ['google'])).toBe(false);
});

describe('the role of somebody', () => {
	const roles = [
		{ value: 'ops', role: 'operator' as const, environment: 'dev' },
		{ value: 'platform', role: 'admin' as const, environment: null },
	];

	it.each([
		['the first rule that fits', 'groups', { groups: ['platform', 'ops'] }, 'operator'],
		['a single value', 'groups', { groups: 'platform' }, 'admin'],
		['a path', 'realm_access.roles', { realm_access: { roles: ['platform'] } }, 'admin'],
		['a name with dots', 'https://a.b/roles', { 'https://a.b/roles': ['platform'] }, 'admin'],
		['no group of ours', 'groups', { groups: ['others'] }, undefined],
		['no claim', 'groups', {}, undefined],
		['what every object has', 'constructor.name', { groups: [] }, undefined],
		['values that are no text', 'groups', { groups: [1, null, { value: 'ops' }] }, undefined],
	])('is found by %s', (_what, roleClaim, claims, role) => {
		expect(roleFor({ roleClaim, roles }, claims)?.role).toBe(role);
	});

	it('is given to anybody by a star only', () => {
		const star = [{ value: '*', role: 'viewer' as const, environment: null }];
		expect(roleFor({ roleClaim: 'groups', roles: star }, {})?.role).toBe('viewer');
		expect(roleFor({ roleClaim: 'groups', roles }, { groups: ['*'] })).toBeNull();
	});
});

it('names a person by a verified address, else the user name, else the subject', () => {
	const claims = { sub: '42', preferred_username: 'ada', email: 'ada@example.com' };
	expect(personNameOf('okta', { ...claims, email_verified: true })).toBe('ada@example.com (okta)');
	expect(personNameOf('okta', { ...claims, email_verified: false })).toBe('ada (okta)');
	expect(personNameOf('okta', claims)).toBe('ada (okta)');
	expect(personNameOf('okta', { sub: '42' })).toBe('42 (okta)');
});

it('compares the page that asks with the address it asked, default ports or not', () => {
	const sentBy = { fetchSite: undefined, csrfToken: undefined };
	const check = (origin: string, host: string) => () =>
		requireOwnOrigin({ ...sentBy, origin, host }, null);
	expect(check('http://sidecar:5680', 'sidecar:5680')).not.toThrow();
	expect(check('https://sidecar', 'sidecar')).not.toThrow();
	expect(check('http://sidecar:5681', 'sidecar:5680')).toThrow();
	expect(check('null', 'sidecar')).toThrow();
});
