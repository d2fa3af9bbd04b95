import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;

beforeAll(async () => {
	room = await openHttpRoom();
	for (const name of ['dev', 'production']) {
		const answer = await room.call(`PUT /api/v1/environments/${name}`, {
			body: { engine: 'n8n', baseUrl: 'http://127.0.0.1:5678', apiKey: 'k', stage: name },
		});
		expect(answer.status).toBe(201);
	}
});
afterAll(async () => {
	await room.close();
});

const make = async (body: object) => await room.call('POST /api/v1/tokens', { body });

it('makes a token that works and is shown once', async () => {
	const made = await make({ name: 'reader', role: 'viewer' });
	expect(made.status).toBe(201);
	expect(made.body['token']).toMatch(/^orc_[\w-]{43}$/);
	expect(made.body).toMatchObject({ name: 'reader', environment: null, expiresAt: null });

	const token = String(made.body['token']);
	expect((await room.call('GET /api/v1/environments', { token })).status).toBe(200);

	const list = await room.call('GET /api/v1/tokens');
	expect(list.text).toContain('"reader"');
	expect(list.text).not.toContain(token);
	const { rows } = await room.pool.query<{ dump: string }>(
		'select string_agg(tokens::text, $1) as dump from tokens',
		['\n'],
	);
	expect(rows[0]?.dump).toContain('reader');
	expect(rows[0]?.dump).not.toContain(token);
});

describe('who may come in', () => {
	it.each([
		['nothing', {}],
		['another scheme', { authorization: 'Basic dXNlcjpwYXNz' }],
		['an empty token', { authorization: 'Bearer ' }],
		['two tokens', { authorization: 'Bearer a b' }],
		['an unknown token', { authorization: `Bearer orc_${'A'.repeat(43)}` }],
	])('is not who sends %s', async (_what, headers) => {
		const answer = await room.call('GET /api/v1/tokens', { token: null, headers });
		expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
		expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
	});

	it('takes the scheme in any case, as RFC 9110 says', async () => {
		const headers = { authorization: `bearer ${room.admin}` };
		expect((await room.call('GET /api/v1/tokens', { token: null, headers })).status).toBe(200);
	});

	it('is nobody any more once a token has expired', async () => {
		const expiresAt = new Date(room.clock.now().getTime() + 60_000).toISOString();
		const token = String((await make({ name: 'short', role: 'viewer', expiresAt })).body['token']);
		expect((await room.call('GET /api/v1/environments', { token })).status).toBe(200);
		room.clock.pass(60_000);
		const answer = await room.call('GET /api/v1/environments', { token });
		expect(answer).toMatchObject({ status: 401, body: { code: 'token_expired' } });
		expect(answer.text).toContain('Make a new one');
	});

	it('is nobody any more once a token was deleted', async () => {
		const made = await make({ name: 'gone', role: 'viewer' });
		const token = String(made.body['token']);
		expect((await room.call(`DELETE /api/v1/tokens/${made.body['id']}`)).status).toBe(204);
		expect((await room.call('GET /api/v1/environments', { token })).status).toBe(401);
		const again = await room.call(`DELETE /api/v1/tokens/${made.body['id']}`);
		expect(again).toMatchObject({ status: 404, body: { code: 'token_not_found' } });
	});
});

describe('what a role may do', () => {
	const reading = 'GET /api/v1/environments/dev';
	const acting = 'POST /api/v1/environments/nowhere/check';
	const configuring = 'GET /api/v1/tokens';

	it.each([
		['viewer', [200, 403, 403]],
		['operator', [200, 404, 403]],
		['admin', [200, 404, 200]],
		['node', [200, 403, 403]],
	] as const)('%s: reading, acting, configuring give %j', async (role, expected) => {
		const token = await room.tokenFor(role);
		const statuses = [];
		for (const line of [reading, acting, configuring]) {
			statuses.push((await room.call(line, { token })).status);
		}
		expect(statuses).toEqual(expected);
	});

	it('is told with the role that is needed', async () => {
		const token = await room.tokenFor('viewer');
		const answer = await room.call(configuring, { token });
		expect(answer).toMatchObject({
			status: 403,
			body: { code: 'forbidden', expected: ['admin'], got: 'viewer' },
		});
	});
});

describe('a token for one environment', () => {
	it('reaches that one and no other', async () => {
		const token = await room.tokenFor('admin', 'dev');
		expect((await room.call('GET /api/v1/environments/dev', { token })).status).toBe(200);
		const other = await room.call('GET /api/v1/environments/production', { token });
		expect(other).toMatchObject({
			status: 403,
			body: { code: 'forbidden', expected: 'dev', got: 'production' },
		});
		const list = await room.call('GET /api/v1/environments', { token });
		expect(list.body.data.map(({ name }) => name)).toEqual(['dev']);
	});

	it('cannot make tokens, which could reach further', async () => {
		const token = await room.tokenFor('admin', 'dev');
		const body = { name: 'more', role: 'admin' };
		expect((await room.call('POST /api/v1/tokens', { token, body })).status).toBe(403);
		expect((await room.call('GET /api/v1/tokens', { token })).status).toBe(403);
	});

	it('is refused for an environment we do not know', async () => {
		const answer = await make({ name: 'lost', role: 'node', environment: 'nowhere' });
		expect(answer).toMatchObject({ status: 404, body: { code: 'environment_not_found' } });
	});

	it('goes with its environment', async () => {
		const body = { engine: 'n8n', baseUrl: 'http://127.0.0.1:1', apiKey: 'k', stage: 'dev' };
		await room.call('PUT /api/v1/environments/brief', { body });
		const token = await room.tokenFor('viewer', 'brief');
		expect((await room.call('DELETE /api/v1/environments/brief')).status).toBe(204);
		await room.call('PUT /api/v1/environments/brief', { body });
		expect((await room.call('GET /api/v1/environments/brief', { token })).status).toBe(401);
	});
});

it('refuses a token that would be expired at once', async () => {
	const expiresAt = room.clock.now().toISOString();
	const answer = await make({ name: 'late', role: 'viewer', expiresAt });
	expect(answer).toMatchObject({
		status: 400,
		body: { code: 'invalid_request', errors: [{ path: 'expiresAt' }] },
	});
});

it('takes the end of a token with any offset', async () => {
	const answer = await make({ name: 'x', role: 'viewer', expiresAt: '2040-01-01T02:00:00+02:00' });
	expect(answer.body['expiresAt']).toBe('2040-01-01T00:00:00.000Z');
});

it('keeps U+0000 out of a name', async () => {
	expect((await make({ name: 'a\0b', role: 'viewer' })).status).toBe(400);
});

it('notes when a token was used, at most once a minute', async () => {
	const made = await make({ name: 'used', role: 'admin' });
	const token = String(made.body['token']);
	const lastUsed = async () => {
		const { rows } = await room.pool.query<{ last_used_at: Date | null }>(
			'select tokens.last_used_at from tokens where tokens.id = $1',
			[made.body['id']],
		);
		return rows[0]?.last_used_at?.getTime() ?? null;
	};
	expect(await lastUsed()).toBeNull();

	const first = room.clock.now().getTime();
	await room.call('GET /api/v1/tokens', { token });
	expect(await lastUsed()).toBe(first);

	room.clock.pass(59_000);
	await room.call('GET /api/v1/tokens', { token });
	expect(await lastUsed()).toBe(first);

	room.clock.pass(1_000);
	await room.call('GET /api/v1/tokens', { token });
	expect(await lastUsed()).toBe(first + 60_000);
	await room.call(`DELETE /api/v1/tokens/${made.body['id']}`);
});

it('never takes away the last admin token that works everywhere', async () => {
	const listed = await room.call('GET /api/v1/tokens?limit=200');
	const [own, ...others] = listed.body.data.map(({ id }) => String(id));
	for (const id of others) {
		expect((await room.call(`DELETE /api/v1/tokens/${id}`)).status).toBe(204);
	}
	await room.tokenFor('admin', 'dev');
	const answer = await room.call(`DELETE /api/v1/tokens/${own}`);
	expect(answer).toMatchObject({ status: 409, body: { code: 'token_last_admin' } });
	expect((await room.call('GET /api/v1/tokens')).status).toBe(200);

	await room.tokenFor('admin');
	expect((await room.call(`DELETE /api/v1/tokens/${own}`)).status).toBe(204);
	expect((await room.call('GET /api/v1/tokens')).status).toBe(401);
});
