import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { defineRoute } from '../../sidecar/http/route';
import { OrchestrationError } from '../../sidecar/kernel/errors';
import { eventually } from '../support/postgres/eventually';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;

const failing = defineRoute({
	method: 'get',
	path: '/api/v1/failing',
	summary: 'Fails in a way nobody foresaw',
	role: 'viewer',
	responses: { 204: null },
}).handledBy(async () => {
	throw new TypeError('hunter2 is not a function');
});

const limited = defineRoute({
	method: 'get',
	path: '/api/v1/limited',
	summary: 'Is told to wait',
	role: 'viewer',
	responses: { 204: null },
}).handledBy(async () => {
	throw new OrchestrationError('engine_rate_limited', 'Wait.', { details: { retryAfterMs: 1500 } });
});

const patient = defineRoute({
	method: 'get',
	path: '/api/v1/patient',
	summary: 'Ends when the client goes away',
	role: 'viewer',
	responses: { 204: null },
}).handledBy(async ({ signal, log }) => {
	log.info({}, 'works patiently');
	await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
	log.info({}, 'noticed that the client went away');
	return { status: 204 };
});

beforeAll(async () => {
	room = await openHttpRoom({ routes: [failing, limited, patient], bodyLimitBytes: 10_000 });
});
afterAll(async () => {
	await room.close();
});

const token = { name: 'ci', role: 'viewer' };

describe('a body', () => {
	it('must be JSON that can be parsed', async () => {
		const answer = await room.call('POST /api/v1/tokens', { body: '{"name": "ci", hunter2' });
		expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
		expect(answer.headers.get('content-type')).toContain('application/problem+json');
		expect(answer.text + room.logged()).not.toContain('hunter2');
	});

	it('must not be over the limit', async () => {
		const answer = await room.call('POST /api/v1/tokens', { body: { name: 'x'.repeat(10_000) } });
		expect(answer).toMatchObject({
			status: 413,
			body: { code: 'body_too_large', limitBytes: 10_000 },
		});
	});

	it('must not be over the limit once unpacked', async () => {
		const answer = await fetch(`${room.url}/api/v1/tokens`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${room.admin}`,
				'content-type': 'application/json',
				'content-encoding': 'gzip',
			},
			body: gzipSync(JSON.stringify({ name: 'x'.repeat(1_000_000) })),
		});
		expect(answer.status).toBe(413);
	});

	it('may be packed', async () => {
		const answer = await fetch(`${room.url}/api/v1/tokens`, {
			method: 'POST',
			headers: {
				authorization: `Bearer ${room.admin}`,
				'content-type': 'application/json; charset=utf-8',
				'content-encoding': 'br',
			},
			body: brotliCompressSync(JSON.stringify(token)),
		});
		expect(answer.status).toBe(201);
	});

	it.each(['gzip', 'br', 'deflate', 'zstd'])(
		'must be what its encoding says: %s',
		async (encoding) => {
			const answer = await room.call('POST /api/v1/tokens', {
				body: 'this is no archive at all, whatever the header says',
				headers: { 'content-encoding': encoding },
			});
			expect(answer).toMatchObject({ status: 400, body: { code: 'malformed_json' } });
		},
	);

	it.each([
		['text/plain', {}],
		['application/x-www-form-urlencoded', {}],
		['multipart/form-data; boundary=x', {}],
		['application/json; charset=latin1', {}],
		['application/json', { 'content-encoding': 'lzma' }],
	])('must not be of another type: %s %j', async (type, headers) => {
		const answer = await room.call('POST /api/v1/tokens', {
			body: '{}',
			headers: { 'content-type': type, ...headers },
		});
		expect(answer).toMatchObject({ status: 415, body: { code: 'unsupported_media_type' } });
	});

	it('may be of a type built on JSON', async () => {
		const answer = await room.call('POST /api/v1/tokens', {
			body: token,
			headers: { 'content-type': 'application/vnd.example+json' },
		});
		expect(answer.status).toBe(201);
	});

	it('must be there where one is needed', async () => {
		const answer = await room.call('POST /api/v1/tokens');
		expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
		expect(answer.body['errors']).toEqual([
			{ path: '', message: 'expected object, received undefined' },
		]);
	});

	it('may be nested deeply without harm', async () => {
		for (const deep of [
			'['.repeat(4999) + ']'.repeat(4999),
			'{"a":'.repeat(1600) + '1' + '}'.repeat(1600),
		]) {
			const answer = await room.call('POST /api/v1/tokens', {
				body: deep,
				headers: { 'idempotency-key': 'deep' },
			});
			expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
			expect(answer.text).toContain('nested at most 500 deep');
		}
	});

	it.each(['null', '[]', '"text"', '1', '{"__proto__": {"role": "admin"}}'])(
		'must be of the right kind: %s',
		async (body) => {
			const answer = await room.call('POST /api/v1/tokens', { body });
			expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
		},
	);

	it('is not read before the token is known', async () => {
		const answer = await room.call('POST /api/v1/tokens', { body: '{nonsense', token: null });
		expect(answer.status).toBe(401);
	});
});

it('tells every wrong field, what was expected and what came', async () => {
	const answer = await room.call('POST /api/v1/tokens', {
		body: { name: '', role: 'root', expiresAt: 'tomorrow', enviroment: 'dev' },
	});
	expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
	expect(answer.body['errors']).toEqual([
		{ path: 'name', message: expect.stringMatching(/>=1 characters, got a text of 0 characters/) },
		{ path: 'role', message: expect.stringMatching(/expected one of "viewer".*got a text of 4/) },
		{ path: 'expiresAt', message: expect.stringMatching(/invalid ISO datetime, got a text of 8/) },
		{ path: 'enviroment', message: 'expected no such field, check its spelling' },
	]);
	expect(answer.body['detail']).toContain('role: ');
});

it('answers an unknown path with where to look', async () => {
	const answer = await room.call('GET /api/v1/nothing', { token: null });
	expect(answer).toMatchObject({
		status: 404,
		body: { code: 'route_not_found', type: '/problems/route_not_found', title: 'Route not found' },
	});
	expect(answer.text).toContain('/openapi.json');
	expect((await room.call('GET /API/V1/tokens')).status).toBe(404);
});

it('answers a wrong method with the right ones', async () => {
	const answer = await room.call('PATCH /api/v1/tokens', { token: null });
	expect(answer).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
	expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
});

it.each([
	'/api/v1/environments/%',
	'/api/v1/environments/%E0%A4%A',
	'/api/v1/tokens?cursor=%00',
	'/api/v1/environments/a%00b',
])('refuses the path %s without falling over', async (path) => {
	const answer = await room.call(`GET ${path}`);
	expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
});

it('tells nobody what went wrong inside, only where to look', async () => {
	const answer = await room.call('GET /api/v1/failing');
	expect(answer).toMatchObject({ status: 500, body: { code: 'internal_error' } });
	expect(answer.text).not.toContain('hunter2');
	expect(answer.text).toContain(answer.headers.get('x-request-id'));
	expect(room.logged()).toContain('hunter2 is not a function');
	expect(room.logged()).toContain('request-checks.test.ts');
});

it('says how long to wait where that is known', async () => {
	const answer = await room.call('GET /api/v1/limited');
	expect(answer.status).toBe(503);
	expect(answer.headers.get('retry-after')).toBe('2');
});

it('sends headers that keep browsers and caches out of it', async () => {
	const { headers } = await room.call('GET /api/v1/tokens');
	expect(headers.get('x-powered-by')).toBeNull();
	expect(headers.get('etag')).toBeNull();
	expect(headers.get('x-content-type-options')).toBe('nosniff');
	expect(headers.get('cache-control')).toBe('no-store');
});

describe('the request id', () => {
	it('is taken over when it is sane, and is in the header, the problem and the log', async () => {
		const answer = await room.call('GET /api/v1/nothing', {
			headers: { 'x-request-id': 'from-the-gateway-1' },
		});
		expect(answer.headers.get('x-request-id')).toBe('from-the-gateway-1');
		expect(answer.body['instance']).toBe('from-the-gateway-1');
		await eventually('the request is logged', 2000, () =>
			room
				.logged()
				.includes(
					'"requestId":"from-the-gateway-1","method":"GET","route":"unmatched","status":404',
				),
		);
	});

	it.each(['with space', 'x'.repeat(129), '{"json":1}'])('is made anew for %s', async (id) => {
		const answer = await room.call('GET /api/v1/nothing', { headers: { 'x-request-id': id } });
		expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
	});
});

it('logs who asked for what, without the token', async () => {
	await room.call('GET /api/v1/tokens', { headers: { 'x-request-id': 'who' } });
	await eventually('the request is logged', 2000, () =>
		room
			.logged()
			.includes('"requestId":"who","method":"GET","route":"/api/v1/tokens","status":200'),
	);
	expect(room.logged()).toContain('"actor":"a admin"');
	expect(room.logged()).not.toContain(room.admin);
});

it('tells the handler when the client goes away', async () => {
	const request = httpRequest(`${room.url}/api/v1/patient`, {
		headers: { authorization: `Bearer ${room.admin}` },
	});
	request.on('error', () => request.destroy());
	request.end();
	await eventually('it is being worked on', 2000, () => room.logged().includes('works patiently'));
	request.destroy();
	await eventually('the handler knows', 5000, () =>
		room.logged().includes('noticed that the client went away'),
	);
	await eventually('it is logged as 499', 2000, () => room.logged().includes('"status":499'));
});

it('survives bytes that are not HTTP', async () => {
	const socket = connect(room.port, '127.0.0.1');
	socket.on('error', () => socket.destroy());
	socket.resume();
	socket.end('\x16\x03\x01 nonsense\r\n\r\n');
	await new Promise((resolve) => socket.once('close', resolve));
	expect((await room.call('GET /healthz')).status).toBe(200);
});
