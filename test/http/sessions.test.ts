import { createAuditTrail } from '../../sidecar/audit/audit-trail';
import { auditRoutes } from '../../sidecar/http/audit-routes';
import { defineRoute } from '../../sidecar/http/route';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { mostAttempts } from '../../sidecar/sessions/sign-in-attempts';
import { createAuditStore } from '../../sidecar/storage/audit-store';
import { openHttpRoom, type HttpRoom } from '../support/http/http-room';

const cookieName = 'orchestration_session';
const minute = 60_000;

let room: HttpRoom;
let made = 0;

const countedIn = (environment: string) =>
	defineRoute({
		method: 'post',
		path: `/api/v1/environments/${environment}/counted`,
		summary: 'Counts',
		role: 'operator',
		environment: () => environment,
		responses: { 200: null },
	}).handledBy(async () => {
		made++;
		return await Promise.resolve({ status: 200 });
	});

beforeAll(async () => {
	room = await openHttpRoom({
		routes: [countedIn('dev'), countedIn('own')],
		audit: (pool) => {
			const store = createAuditStore(pool);
			return {
				trail: createAuditTrail({ store, clock: systemClock, newId }),
				routes: auditRoutes({ store }),
			};
		},
	});
});
afterEach(async () => {
	await room.stores.sessions.forgetAttempts('127.0.0.1');
});
afterAll(async () => {
	await room.close();
});

interface SignedIn {
	cookie: string;
	csrf: string;
	setCookie: string;
}

async function signIn(token = room.admin, before?: string): Promise<SignedIn> {
	const answer = await room.call('POST /session', {
		token: null,
		body: { token },
		...(before === undefined ? {} : { headers: { cookie: `${cookieName}=${before}` } }),
	});
	expect(answer.status).toBe(201);
	const setCookie = answer.headers.getSetCookie()[0] ?? '';
	const cookie = /^orchestration_session=([^;]+)/.exec(setCookie)?.[1] ?? '';
	return { cookie, csrf: String(answer.body['csrfToken']), setCookie };
}

const as = (
	line: string,
	{ cookie, csrf }: { cookie: string; csrf?: string | undefined },
	headers: Record<string, string> = {},
	body?: unknown,
) =>
	room.call(line, {
		token: null,
		...(body === undefined ? {} : { body }),
		headers: {
			cookie: `${cookieName}=${cookie}`,
			...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
			...headers,
		},
	});

const counting = 'POST /api/v1/environments/dev/counted';
const newest = async () => (await room.call('GET /api/v1/audit?limit=1')).body.data[0];

it('opens a session with a token, in a cookie that scripts and other sites cannot use', async () => {
	const { cookie, csrf, setCookie } = await signIn();
	expect(cookie).toMatch(/^ocs_[\w-]{43}$/);
	expect(setCookie).toMatch(/; HttpOnly/i);
	expect(setCookie).toMatch(/; SameSite=Strict/i);
	expect(setCookie).not.toMatch(/; Secure|Domain/i);
	const answer = await as('GET /session', { cookie });
	expect(answer.status).toBe(200);
	expect(answer.body).toEqual({
		user: 'a admin',
		role: 'admin',
		environments: null,
		csrfToken: csrf,
	});
});

it('keeps neither the cookie nor its CSRF token', async () => {
	const { cookie, csrf } = await signIn();
	const { rows } = await room.pool.query<{ dump: string }>(
		'select string_agg(sessions::text, $1) as dump from sessions',
		['\n'],
	);
	expect(rows[0]?.dump).toContain('a admin');
	expect(rows[0]?.dump).not.toContain(cookie);
	expect(rows[0]?.dump).not.toContain(csrf);
});

it('is marked for https only where it came over https', async () => {
	const secured = await openHttpRoom({
		site: { origin: 'https://orchestration.example.com', trustedProxies: [] },
	});
	const answer = await secured.call('POST /session', {
		token: null,
		body: { token: secured.admin },
		headers: { origin: 'https://orchestration.example.com', 'sec-fetch-site': 'same-origin' },
	});
	expect(answer.status).toBe(201);
	expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-orchestration_session=.*; Secure/);
	expect(answer.headers.get('strict-transport-security')).toMatch(/^max-age=/);
	const elsewhere = await secured.call('POST /session', {
		token: null,
		body: { token: secured.admin },
		headers: { origin: secured.url },
	});
	expect(elsewhere).toMatchObject({ status: 403, body: { code: 'csrf_token_invalid' } });
	await secured.close();
});

it('believes a proxy that is trusted, and nobody else', async () => {
	const proxied = await openHttpRoom({ site: { origin: null, trustedProxies: ['127.0.0.1'] } });
	const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };
	const signingIn = { token: null, body: { token: proxied.admin }, headers };
	const secure = await proxied.call('POST /session', signingIn);
	expect(secure.headers.getSetCookie()[0]).toMatch(/; Secure/);
	const plain = await room.call('POST /session', {
		...signingIn,
		body: { token: room.admin },
	});
	expect(plain.headers.getSetCookie()[0]).not.toMatch(/; Secure/);
	expect(plain.headers.get('strict-transport-security')).toBeNull();
	await proxied.close();
});

it('gives a new id at each sign-in and ends the session that was there before', async () => {
	const first = await signIn();
	const second = await signIn(room.admin, first.cookie);
	expect(second.cookie).not.toBe(first.cookie);
	expect((await as('GET /session', first)).status).toBe(401);
	expect((await as('GET /session', second)).status).toBe(200);
});

it('never takes over an id that somebody else put into the browser', async () => {
	const planted = 'ocs_planted';
	const { cookie } = await signIn(room.admin, planted);
	expect(cookie).not.toBe(planted);
	expect((await as('GET /session', { cookie: planted })).status).toBe(401);
});

describe('a request with a cookie that changes something', () => {
	it('passes with the CSRF token of its session', async () => {
		const session = await signIn();
		expect((await as(counting, session)).status).toBe(200);
		const sameOrigin = { origin: room.url, 'sec-fetch-site': 'same-origin' };
		expect((await as(counting, session, sameOrigin)).status).toBe(200);
	});

	it('is refused without one, with one of another session, and from another site', async () => {
		const session = await signIn();
		const other = await signIn();
		const before = made;
		const refusals = [
			await as(counting, { cookie: session.cookie }),
			await as(counting, { cookie: session.cookie, csrf: other.csrf }),
			await as(counting, { cookie: session.cookie, csrf: '' }),
			await as(counting, session, { origin: 'https://evil.example' }),
			await as(counting, session, { origin: 'null' }),
			await as(counting, session, { 'sec-fetch-site': 'cross-site' }),
			await as(counting, session, { 'sec-fetch-site': 'same-site' }),
		];
		for (const { status, body } of refusals) {
			expect([status, body['code']]).toEqual([403, 'csrf_token_invalid']);
		}
		expect(made).toBe(before);
		expect(await newest()).toMatchObject({
			actor: 'a admin',
			outcome: 'refused',
			details: { code: 'csrf_token_invalid' },
		});
	});

	it('needs none when a token came along, which no other page could send', async () => {
		const { cookie } = await signIn();
		const headers = { cookie: `${cookieName}=${cookie}` };
		expect((await room.call(counting, { headers })).status).toBe(200);
	});
});

describe('a session ends', () => {
	it('when it is signed out', async () => {
		const session = await signIn();
		const out = await as('DELETE /session', session);
		expect(out.status).toBe(204);
		expect(out.headers.getSetCookie()[0]).toMatch(/^orchestration_session=;.*Max-Age=0/);
		const answer = await as('GET /session', session);
		expect(answer).toMatchObject({ status: 401, body: { code: 'session_ended' } });
	});

	it('when nobody used it for an hour', async () => {
		const session = await signIn();
		room.clock.pass(59 * minute);
		expect((await as('GET /session', session)).status).toBe(200);
		room.clock.pass(59 * minute);
		expect((await as('GET /session', session)).status).toBe(200);
		room.clock.pass(60 * minute);
		expect((await as('GET /session', session)).status).toBe(401);
	});

	it('after twelve hours, however busy it is', async () => {
		const session = await signIn();
		for (let passed = 0; passed < 12 * 60 - 30; passed += 30) {
			room.clock.pass(30 * minute);
			expect((await as('GET /session', session)).status).toBe(200);
		}
		room.clock.pass(30 * minute);
		expect((await as('GET /session', session)).status).toBe(401);
	});

	it('with the token it was opened with', async () => {
		const body = { name: 'brief', role: 'viewer' };
		const token = (await room.call('POST /api/v1/tokens', { body })).body;
		const session = await signIn(String(token['token']));
		await room.call(`DELETE /api/v1/tokens/${token['id']}`);
		expect((await as('GET /session', session)).status).toBe(401);
	});

	it('when its token expires', async () => {
		const expiresAt = new Date(room.clock.now().getTime() + 5 * minute).toISOString();
		const body = { name: 'short', role: 'viewer', expiresAt };
		const token = (await room.call('POST /api/v1/tokens', { body })).body;
		const session = await signIn(String(token['token']));
		room.clock.pass(5 * minute);
		expect((await as('GET /session', session)).status).toBe(401);
	});

	it('when an admin ends it', async () => {
		const admin = await signIn();
		const reader = await signIn(await room.tokenFor('viewer'));
		const listed = await as('GET /api/v1/sessions', admin);
		expect(listed.text).not.toContain(reader.cookie);
		const [newestSession, own] = listed.body.data;
		expect(newestSession).toMatchObject({ user: 'a viewer', current: false });
		expect(own).toMatchObject({ user: 'a admin', current: true });
		const ended = await as(`DELETE /api/v1/sessions/${String(newestSession?.['id'])}`, admin);
		expect(ended.status).toBe(204);
		expect((await as('GET /session', reader)).status).toBe(401);
		const again = await as(`DELETE /api/v1/sessions/${String(newestSession?.['id'])}`, admin);
		expect(again).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
	});
});

it('lets a session do what its token may, and no more', async () => {
	const viewer = await signIn(await room.tokenFor('viewer'));
	expect((await as('GET /api/v1/environments', viewer)).status).toBe(200);
	expect((await as(counting, viewer)).status).toBe(403);
	expect((await as('GET /api/v1/sessions', viewer)).status).toBe(403);
});

it('keeps a session within the environment of its token', async () => {
	const environment = { engine: 'n8n', baseUrl: 'http://127.0.0.1:1', apiKey: 'k', stage: 'dev' };
	await room.call('PUT /api/v1/environments/own', { body: environment });
	const operator = await signIn(await room.tokenFor('operator', 'own'));
	const who = await as('GET /session', operator);
	expect(who.body).toMatchObject({ role: 'operator', environments: ['own'] });
	expect((await as(counting.replace('dev', 'own'), operator)).status).toBe(200);
	expect((await as(counting, operator)).status).toBe(403);
});

it('carries a request with an Idempotency-Key out once for a session, apart from its token', async () => {
	const session = await signIn();
	const before = made;
	const key = { 'idempotency-key': 'console-1' };
	expect((await as(counting, session, key)).status).toBe(200);
	const again = await as(counting, session, key);
	expect(again.headers.get('idempotency-replayed')).toBe('true');
	expect((await room.call(counting, { headers: key })).status).toBe(200);
	expect(made).toBe(before + 2);
});

it('says who a token is, and has no session of it to end', async () => {
	const who = await room.call('GET /session');
	expect(who.body).toMatchObject({ user: 'a admin', csrfToken: null });
	const out = await room.call('DELETE /session');
	expect(out).toMatchObject({ status: 404, body: { code: 'session_not_found' } });
});

describe('signing in', () => {
	const attempt = (token: string, headers: Record<string, string> = {}) =>
		room.call('POST /session', { token: null, body: { token }, headers });

	it('is refused with a token nobody knows, and written down', async () => {
		const answer = await attempt('orc_guessed');
		expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
		expect(answer.headers.getSetCookie()).toEqual([]);
		expect(await newest()).toMatchObject({
			actor: 'anonymous',
			action: 'POST /session',
			outcome: 'refused',
			details: { code: 'unauthenticated', address: '127.0.0.1' },
		});
		expect(JSON.stringify(await newest())).not.toContain('orc_guessed');
	});

	it('is refused with the token of a workflow', async () => {
		const answer = await attempt(await room.tokenFor('node'));
		expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
		expect(await newest()).toMatchObject({ actor: 'a node', outcome: 'refused' });
	});

	it('is refused when another site asks for it', async () => {
		const answer = await attempt(room.admin, { origin: 'https://evil.example' });
		expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_token_invalid' } });
	});

	it('is written down with the name of the token', async () => {
		await signIn();
		expect(await newest()).toMatchObject({
			actor: 'a admin',
			action: 'POST /session',
			outcome: 'ok',
			details: { address: '127.0.0.1' },
		});
	});

	it('has to wait after too many attempts, whatever the token, and begins anew after a success', async () => {
		for (let each = 1; each < mostAttempts; each++) await attempt('orc_guessed');
		expect((await attempt(room.admin)).status).toBe(201);
		for (let each = 0; each < mostAttempts; each++) {
			expect((await attempt('orc_guessed')).status).toBe(401);
		}
		const limited = await attempt(room.admin);
		expect(limited).toMatchObject({ status: 429, body: { code: 'sign_in_limited' } });
		expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
		expect(await newest()).toMatchObject({ details: { code: 'sign_in_limited' } });
		room.clock.pass(15 * minute);
		expect((await attempt(room.admin)).status).toBe(201);
	});
});

it('clears away what is over', async () => {
	await signIn();
	room.clock.pass(13 * 60 * minute);
	const fresh = await signIn();
	const now = room.clock.now();
	await room.stores.sessions.purge({ usedAfter: new Date(now.getTime() - 60 * minute), now });
	const { rows } = await room.pool.query('select sessions.id from sessions');
	expect(rows).toHaveLength(1);
	expect((await as('GET /session', fresh)).status).toBe(200);
});
