import { defineRoute } from '../../sidecar/http/route';
import { tokenInput } from '../../sidecar/http/tokens-routes';
import { type ErrorCode, OrchestrationError } from '../../sidecar/kernel/errors';
import { eventually } from '../support/postgres/eventually';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;
/** Runs of the route under test. */
let runs = 0;
let outcome: () => Promise<void> = async () => {};

const work = defineRoute({
	method: 'post',
	path: '/api/v1/work',
	summary: 'Counts its runs',
	role: 'viewer',
	environment: 'handler',
	body: tokenInput,
	responses: { 200: tokenInput },
}).handledBy(async ({ body }) => {
	runs += 1;
	await outcome();
	return { status: 200, body: { ...body, name: `run ${runs}` } };
});

beforeAll(async () => {
	room = await openHttpRoom({ routes: [work] });
});
afterAll(async () => {
	await room.close();
});
beforeEach(() => {
	runs = 0;
	outcome = async () => {};
});

const body = { name: 'a', role: 'viewer' };
const send = async (key: string, options: { body?: object; token?: string; path?: string } = {}) =>
	await room.call(`POST ${options.path ?? '/api/v1/work'}`, {
		body: options.body ?? body,
		headers: { 'idempotency-key': key },
		...(options.token ? { token: options.token } : {}),
	});
const failWith = (code: ErrorCode) => async () => {
	throw new OrchestrationError(code, 'No.');
};

it('does the work once and gives the same answer again', async () => {
	const first = await send('same');
	const second = await send('same');
	expect(runs).toBe(1);
	expect(second).toMatchObject({ status: first.status, body: first.body });
	expect(first.headers.get('idempotency-replayed')).toBeNull();
	expect(second.headers.get('idempotency-replayed')).toBe('true');
});

it('takes a body with its fields in another order for the same', async () => {
	await send('order');
	await send('order', { body: { role: 'viewer', name: 'a' } });
	expect(runs).toBe(1);
});

it('does the work each time without a key', async () => {
	await room.call('POST /api/v1/work', { body });
	await room.call('POST /api/v1/work', { body });
	expect(runs).toBe(2);
});

it('refuses a key that came with another body, or another path', async () => {
	await send('reused');
	for (const options of [{ body: { ...body, name: 'b' } }, { path: '/api/v1/work?x=1' }]) {
		const answer = await send('reused', options);
		expect(answer).toMatchObject({ status: 422, body: { code: 'idempotency_key_reused' } });
	}
	expect(runs).toBe(1);
});

it('keeps the keys of two tokens apart', async () => {
	const token = await room.tokenFor('viewer');
	await send('shared');
	const answer = await send('shared', { token });
	expect(answer.headers.get('idempotency-replayed')).toBeNull();
	expect(runs).toBe(2);
});

it('lets one of many that come at once through', async () => {
	let release: () => void = () => {};
	outcome = async () => await new Promise((resolve) => (release = () => resolve()));
	const first = send('at once');
	await eventually('the first one is at work', 2000, () => runs === 1);
	const others = await Promise.all(Array.from({ length: 5 }, async () => await send('at once')));
	expect(others.map(({ status, body: { code } }) => `${status} ${String(code)}`)).toEqual(
		others.map(() => '409 idempotency_key_in_progress'),
	);
	expect(others[0]?.headers.get('retry-after')).toBe('1');
	release();
	expect((await first).status).toBe(200);
	expect(await send('at once')).toMatchObject({ status: 200, body: { name: 'run 1' } });
	expect(runs).toBe(1);
});

it.each([
	['engine_unreachable', 502],
	['promotion_environment_busy', 409],
] as const)('does not keep %s, which may be gone the next time', async (code, status) => {
	outcome = failWith(code);
	expect((await send(`passing ${code}`)).status).toBe(status);
	outcome = async () => {};
	expect((await send(`passing ${code}`)).status).toBe(200);
	expect(runs).toBe(2);
});

it('does not keep an error nobody foresaw', async () => {
	outcome = async () => {
		throw new TypeError('oh');
	};
	expect((await send('crash')).status).toBe(500);
	outcome = async () => {};
	expect((await send('crash')).status).toBe(200);
});

it('keeps a refusal that stays one', async () => {
	outcome = failWith('workflow_invalid');
	const first = await send('kept refusal');
	outcome = async () => {};
	const second = await send('kept refusal');
	expect(second).toMatchObject({ status: 422, body: first.body });
	expect(second.headers.get('content-type')).toContain('application/problem+json');
	expect(second.headers.get('idempotency-replayed')).toBe('true');
	expect(runs).toBe(1);
});

it('does not spend the key on a request that does not fit', async () => {
	expect((await send('misfit', { body: { name: 1 } })).status).toBe(400);
	expect((await send('misfit')).status).toBe(200);
});

it('gives a made token again, and keeps it sealed meanwhile', async () => {
	const path = '/api/v1/tokens';
	const first = await send('token', { path });
	const second = await send('token', { path });
	expect(first.status).toBe(201);
	expect(second.body).toEqual(first.body);
	const { rows } = await room.pool.query<{ body: string }>(
		`select keys.response_body::text as body from idempotency_keys keys where keys.key = 'token'`,
	);
	expect(rows[0]?.body).toContain('sealed');
	expect(rows[0]?.body).not.toContain(String(first.body['token']));
});

it('works for a request without a body', async () => {
	await room.call('PUT /api/v1/environments/dev', {
		body: { engine: 'n8n', baseUrl: 'http://127.0.0.1:1', apiKey: 'k', stage: 1 },
	});
	const path = '/api/v1/environments/dev/check';
	const first = await room.call(`POST ${path}`, { headers: { 'idempotency-key': 'bodyless' } });
	const second = await room.call(`POST ${path}`, { headers: { 'idempotency-key': 'bodyless' } });
	expect(second).toMatchObject({ status: 200, body: first.body });
});

it.each(['', 'x'.repeat(256), 'tab\there'])('refuses the key "%s"', async (key) => {
	const answer = await send(key);
	expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'Idempotency-Key' }] } });
});

it('takes a key of 255 characters', async () => {
	expect((await send('x'.repeat(255))).status).toBe(200);
});
