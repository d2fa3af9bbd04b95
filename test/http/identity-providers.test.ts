import { randomBytes, randomUUID } from 'node:crypto';
import { createAuditTrail } from '../../sidecar/audit/audit-trail';
import { auditRoutes } from '../../sidecar/http/audit-routes';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import type { ProviderSettings } from '../../sidecar/sessions/oidc/provider';
import { createRelyingParty } from '../../sidecar/sessions/oidc/relying-party';
import type { IdentityProvider } from '../../sidecar/sessions/oidc/sign-in-with-provider';
import { createAuditStore } from '../../sidecar/storage/audit-store';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';
import { cookieBrowser } from '../support/identity/browser';
import { type LyingIssuer, startLyingIssuer } from '../support/identity/lying-issuer';
import { type RealIssuer, startRealIssuer } from '../support/identity/real-issuer';

const session = 'orchestration_session';
const callback = 'http://sidecar.invalid/callback';

let room: HttpRoom;
let issuer: LyingIssuer;
let real: RealIssuer;
let isAllowed = true;

const settingsOf = (name: string, address: string): ProviderSettings => ({
	name,
	issuer: address,
	clientId: 'orchestration',
	clientSecret: 'a secret of the tests',
	scopes: ['openid', 'email', 'groups'],
	roleClaim: 'groups',
	roles: [
		{ value: 'admins', role: 'admin', environment: null },
		{ value: 'staff', role: 'operator', environment: null },
		{ value: 'lost', role: 'viewer', environment: 'nowhere' },
	],
});

function provider(settings: ProviderSettings): [string, IdentityProvider] {
	const party = createRelyingParty(settings, {
		allowedAddress: async () => await Promise.resolve(isAllowed),
		clock: systemClock,
		redirectUri: callback,
	});
	return [settings.name, { settings, party }];
}

beforeAll(async () => {
	issuer = await startLyingIssuer('orchestration');
	real = await startRealIssuer(callback, { ada: ['staff', 'others'], lost: ['lost'] });
	room = await openHttpRoom({
		providers: new Map([
			provider(settingsOf('fake', issuer.issuer)),
			provider(settingsOf('real', real.issuer)),
			provider(settingsOf('away', 'http://127.0.0.1:1')),
		]),
		audit: (pool) => {
			const store = createAuditStore(pool);
			return {
				trail: createAuditTrail({ store, clock: systemClock, newId }),
				routes: auditRoutes({ store }),
			};
		},
	});
});
beforeEach(() => {
	isAllowed = true;
});
afterEach(async () => {
	await room.stores.sessions.forgetAttempts('127.0.0.1');
});
afterAll(async () => {
	await room?.close();
	await issuer?.stop();
	await real?.stop();
});

const newest = async () => (await room.call('GET /api/v1/audit?limit=1')).body.data[0];

async function begin(name = 'fake', browser = cookieBrowser(), returnTo?: string) {
	const query = returnTo === undefined ? '' : `?returnTo=${encodeURIComponent(returnTo)}`;
	const start = await browser.visit(`${room.url}/session/oidc/${name}/start${query}`);
	const url = new URL(start.location ?? '', room.url);
	return { browser, start, url, ask: Object.fromEntries(url.searchParams) };
}

const back = (name: string, query: Record<string, string>) =>
	`${room.url}/session/oidc/${name}/callback?${new URLSearchParams(query)}`;

async function expectRefused(
	visit: { status: number; location: string | null; setCookies: string[] },
	reason: string,
) {
	expect(visit.status).toBe(302);
	const at = new URL(visit.location ?? '', room.url);
	expect([at.pathname, at.searchParams.get('refused'), at.searchParams.get('reason')]).toEqual([
		'/sign-in',
		'sign_in_refused',
		reason,
	]);
	expect(visit.setCookies.some((line) => line.startsWith(session))).toBe(false);
	expect(await newest()).toMatchObject({
		action: 'GET /session/oidc/{name}/callback',
		outcome: 'refused',
		details: { code: 'sign_in_refused', reason, address: '127.0.0.1' },
	});
}

describe('with a real provider', () => {
	/** As a person would: name, consent, and back. */
	async function throughProvider(url: URL, login: string): Promise<URL> {
		const person = cookieBrowser();
		const form = (body: Record<string, string>): RequestInit => ({
			method: 'POST',
			body: new URLSearchParams(body),
		});
		const page = await person.follow(url.href);
		const consent = await person.follow(page.url, form({ prompt: 'login', login, password: 'x' }));
		const end = await person.follow(consent.url, form({ prompt: 'consent' }));
		return new URL(end.location ?? '');
	}

	it('opens a session with the role of the first group that fits, kept out of the ID token', async () => {
		const { browser, url } = await begin('real', cookieBrowser(), '/dead-letters');
		expect(url.origin).toBe(real.issuer);
		expect(url.searchParams.get('code_challenge_method')).toBe('S256');
		const returned = await throughProvider(url, 'ada');
		expect(returned.origin + returned.pathname).toBe(callback);
		const end = await browser.visit(back('real', Object.fromEntries(returned.searchParams)));
		expect([end.status, end.location]).toEqual([302, '/dead-letters']);
		expect(end.setCookies.join('\n')).toMatch(
			/^orchestration_session=ocs_.*HttpOnly.*SameSite=Strict/m,
		);
		const who = await browser.visit(`${room.url}/session`);
		expect(JSON.parse(who.text)).toMatchObject({
			user: 'ada@example.com (real)',
			role: 'operator',
			environments: null,
		});
		expect(await newest()).toMatchObject({
			actor: 'ada@example.com (real)',
			outcome: 'ok',
			details: { provider: 'real', providerSubject: 'ada', role: 'operator' },
		});
	});

	it('gives no session to somebody without a role, and names them in the audit log', async () => {
		const { browser, url } = await begin('real');
		const returned = await throughProvider(url, `eve-${randomUUID().slice(0, 8)}`);
		const end = await browser.visit(back('real', Object.fromEntries(returned.searchParams)));
		await expectRefused(end, 'role');
		expect(await newest()).toMatchObject({ actor: expect.stringMatching(/^eve-.*\(real\)$/) });
	});

	it('takes a code once', async () => {
		const { browser, url } = await begin('real');
		const query = Object.fromEntries((await throughProvider(url, 'ada')).searchParams);
		const kept = browser.cookie('orchestration_sign_in') ?? '';
		expect((await browser.visit(back('real', query))).location).toBe('/');
		const thief = cookieBrowser();
		thief.setCookie('orchestration_sign_in', kept);
		await expectRefused(await thief.visit(back('real', query)), 'code');
	});

	it('says so when the person declines', async () => {
		const { browser, ask } = await begin('real');
		const query = { error: 'access_denied', state: String(ask['state']), iss: real.issuer };
		await expectRefused(await browser.visit(back('real', query)), 'provider');
	});
});

describe('is refused', () => {
	const finish = async (lie: Parameters<LyingIssuer['codeFor']>[1], change = {}) => {
		const { browser, ask } = await begin();
		const code = issuer.codeFor(String(ask['nonce']), lie);
		return await browser.visit(back('fake', { code, state: String(ask['state']), ...change }));
	};

	it('unless it is the truth', async () => {
		expect(await finish({})).toMatchObject({ status: 302, location: '/' });
	});

	const past = () => Math.floor(Date.now() / 1000) - 3_600;

	it.each([
		['with another state', {}, { state: 'another' }],
		['with another nonce', { nonce: 'another' }, {}],
		['with an ID token for somebody else', { audience: 'another' }, {}],
		['with an ID token of another issuer', { issuer: 'https://evil.example' }, {}],
		['with an ID token that has expired', { expiresAt: past() }, {}],
		['with an ID token signed by somebody else', { forged: true }, {}],
	])('%s', async (_what, lie, change) => {
		await expectRefused(await finish(lie, change), 'identity');
	});

	it('with a code the provider does not know', async () => {
		await expectRefused(await finish({}, { code: 'made up' }), 'code');
	});

	it('without the cookie it was begun with, and with one that was made up', async () => {
		const { ask } = await begin();
		const query = {
			code: issuer.codeFor(String(ask['nonce'])),
			state: String(ask['state']),
		};
		await expectRefused(await cookieBrowser().visit(back('fake', query)), 'state');
		const forger = cookieBrowser();
		const box = `v1.aaaa.${['iv', 'tag', 'data'].map(() => randomBytes(12).toString('base64url')).join('.')}`;
		forger.setCookie('orchestration_sign_in', box);
		await expectRefused(await forger.visit(back('fake', query)), 'state');
	});

	it('with the cookie of another provider', async () => {
		const { browser, ask } = await begin('fake');
		const query = { code: issuer.codeFor(String(ask['nonce'])), state: String(ask['state']) };
		await expectRefused(await browser.visit(back('real', query)), 'state');
	});

	it('when somebody took longer than ten minutes', async () => {
		const { browser, ask } = await begin();
		room.clock.pass(10 * 60_000);
		const query = { code: issuer.codeFor(String(ask['nonce'])), state: String(ask['state']) };
		await expectRefused(await browser.visit(back('fake', query)), 'late');
	});

	it('when the role is only for an environment that is not there', async () => {
		const visit = await finish({ claims: { groups: ['lost'] } });
		expect(visit.location).toMatch(/^\/sign-in\?refused=environment_not_found/);
		expect(visit.setCookies.some((line) => line.startsWith(session))).toBe(false);
	});

	it('after too many attempts', async () => {
		for (let each = 0; each < 20; each++) {
			await cookieBrowser().visit(back('fake', { code: 'x', state: 'x' }));
		}
		expect((await finish({})).location).toMatch(/refused=sign_in_limited/);
	});
});

it('changes the id of the session at sign-in', async () => {
	const browser = cookieBrowser();
	browser.setCookie(session, 'ocs_planted');
	const { ask } = await begin('fake', browser);
	const query = { code: issuer.codeFor(String(ask['nonce'])), state: String(ask['state']) };
	await browser.visit(back('fake', query));
	expect(browser.cookie(session)).toMatch(/^ocs_[\w-]{43}$/);
	expect(browser.cookie('orchestration_sign_in')).toBeNull();
});

it('leads back only to pages of its own', async () => {
	for (const elsewhere of [
		'//evil.example',
		'/\\evil.example',
		'https://evil.example',
		'/a\tb',
		'x',
	]) {
		const { start } = await begin('fake', cookieBrowser(), elsewhere);
		expect(start.status).toBe(400);
	}
});

it('lists the providers, and knows no other', async () => {
	const { body } = await room.call('GET /session/providers', { token: null });
	expect(body.data.map(({ name }) => name)).toEqual(['fake', 'real', 'away']);
	const { start } = await begin('nobody');
	expect(start.location).toBe('/sign-in?refused=identity_provider_not_found&provider=nobody');
});

it('says so when the provider is away, and when its address may not be called', async () => {
	const { start } = await begin('away');
	expect(start.location).toBe('/sign-in?refused=identity_provider_unreachable&provider=away');
	isAllowed = false;
	expect((await begin('away')).start.location).toMatch(/refused=address_not_allowed/);
});
