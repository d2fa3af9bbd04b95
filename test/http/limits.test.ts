import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { concurrencyRoutes } from '../../sidecar/http/concurrency-routes';
import { quotasRoutes } from '../../sidecar/http/quotas-routes';
import { rateLimitsRoutes } from '../../sidecar/http/rate-limits-routes';
import type { Route } from '../../sidecar/http/route';
import type { ConcurrencyStore } from '../../sidecar/quotas/concurrency-store';
import { knownQuotas } from '../../sidecar/quotas/use-quotas';
import { createConcurrencyStore } from '../../sidecar/storage/concurrency-store';
import { databaseTime } from '../../sidecar/storage/fleet-time';
import { createQuotaStore } from '../../sidecar/storage/quota-store';
import { createRateLimitStore } from '../../sidecar/storage/rate-limit-store';
import { type HttpRoom, openHttpRoom } from '../support/http/http-room';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let room: HttpRoom;
let node: string;
let viewer: string;
let routes: Route[];

beforeAll(async () => {
	database = await freshDatabase();
	const { pool } = database;
	const time = databaseTime(systemClock);
	const quotas = createQuotaStore(pool, time);
	const quotaOf = knownQuotas(quotas, systemClock);
	const concurrency: ConcurrencyStore = createConcurrencyStore(pool);
	routes = [
		...rateLimitsRoutes({ rateLimits: createRateLimitStore(pool, time), quotaOf }),
		...quotasRoutes(quotas),
		...concurrencyRoutes({ concurrency, quotaOf, newId }),
	];
	room = await openHttpRoom({ routes });
	const dev = { engine: 'n8n', baseUrl: 'http://127.0.0.1:5678', apiKey: 'k', stage: 'dev' };
	await room.call('PUT /api/v1/environments/dev', { body: dev });
	node = await room.tokenFor('node', 'dev');
	viewer = await room.tokenFor('viewer');
});
afterAll(async () => {
	await room.close();
	await database.drop();
});

const reserve = async (key: string, body: object, token = node) =>
	await room.call(`POST /api/v1/rate-limits/${key}/reservations`, { token, body });
const timesOf = (answer: { body: Record<string, unknown> }) =>
	(answer.body['reservations'] as Array<{ at: string; waitMs: number }>).map(({ at }) =>
		Date.parse(at),
	);

it('has examples that fit their schemas', () => {
	for (const { examples, schemas, responses } of routes) {
		if (schemas.params) schemas.params.parse(examples.params);
		if (schemas.body) schemas.body.parse(examples.body);
		const [answer] = Object.values(responses);
		if (answer && 'parse' in answer) answer.parse(examples.response);
	}
});

describe('a rate limit', () => {
	it('is put, shown and listed', async () => {
		const body = { limit: 10, intervalMs: 1_000 };
		expect((await room.call('PUT /api/v1/rate-limits/put-me', { body })).status).toBe(201);
		const again = await room.call('PUT /api/v1/rate-limits/put-me', {
			body: { ...body, burst: 3 },
		});
		expect(again).toMatchObject({ status: 200, body: { key: 'put-me', limit: 10, burst: 3 } });
		const shown = await room.call('GET /api/v1/rate-limits/put-me', { token: viewer });
		expect(shown.body).toMatchObject({ intervalMs: 1_000, pausedUntil: null });
		const list = await room.call('GET /api/v1/rate-limits', { token: viewer });
		expect(list.body.data.map(({ key }) => key)).toContain('put-me');
	});

	it('takes any text as its key', async () => {
		const key = encodeURIComponent('https://api.example.com/v1 – Kunde: ä');
		const policy = { limit: 10, intervalMs: 1_000 };
		expect((await reserve(key, { policy })).status).toBe(200);
		expect((await room.call(`GET /api/v1/rate-limits/${key}`)).body['key']).toBe(
			'https://api.example.com/v1 – Kunde: ä',
		);
	});

	it('reserves times, evenly spaced, to a node token of one environment', async () => {
		const answer = await reserve('paced', { count: 3, policy: { limit: 10, intervalMs: 1_000 } });
		expect(answer).toMatchObject({ status: 200, body: { granted: true } });
		const [first = 0, second = 0, third = 0] = timesOf(answer);
		expect([second - first, third - second]).toEqual([100, 100]);
	});

	it('says what to do about one it does not know', async () => {
		const answer = await reserve('never-made', {});
		expect(answer).toMatchObject({ status: 404, body: { code: 'rate_limit_not_found' } });
		expect(answer.text).toMatch(/PUT .*or send `policy/);
		const shown = await room.call('GET /api/v1/rate-limits/never-made');
		expect(shown.status).toBe(404);
	});

	it('refuses what would wait too long, and reserves nothing for it', async () => {
		const policy = { limit: 1, intervalMs: 60_000 };
		await reserve('slow', { policy });
		const refused = await reserve('slow', { maxWaitMs: 1_000 });
		expect(refused).toMatchObject({ status: 200, body: { granted: false, reservations: [] } });
		const retryAt = Date.parse(String(refused.body['retryAt']));
		const [at = 0] = timesOf(await reserve('slow', {}));
		expect(at - retryAt).toBe(1_000);
	});

	it.each([
		['a limit of 0', { limit: 0, intervalMs: 1_000 }],
		['a burst above the limit', { limit: 5, intervalMs: 1_000, burst: 6 }],
		['an unknown field', { limit: 5, intervalMs: 1_000, per: 'minute' }],
		['no interval', { limit: 5 }],
	])('is not made with %s', async (_what, body) => {
		const answer = await room.call('PUT /api/v1/rate-limits/wrong', { body });
		expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request' } });
	});

	it('refuses a weight above its limit', async () => {
		const policy = { limit: 5, intervalMs: 1_000 };
		expect(await reserve('light', { policy, weight: 6 })).toMatchObject({ status: 400 });
	});

	it('pauses when the receiver says so', async () => {
		await reserve('told', { policy: { limit: 100, intervalMs: 1_000 } });
		const fed = await room.call('POST /api/v1/rate-limits/told/feedback', {
			token: node,
			body: { status: 429, headers: { 'retry-after': '30' } },
		});
		const pausedUntil = Date.parse(String(fed.body['pausedUntil']));
		expect(timesOf(await reserve('told', {}))[0]).toBeGreaterThanOrEqual(pausedUntil);
		const waits = (await reserve('told', {})).body['reservations'] as Array<{ waitMs: number }>;
		expect(waits[0]?.waitMs).toBeGreaterThan(25_000);
	});

	it('is changed by operators only, and reserved by whoever acts', async () => {
		const put = { body: { limit: 1, intervalMs: 1_000 } };
		for (const token of [node, viewer]) {
			expect((await room.call('PUT /api/v1/rate-limits/mine', { ...put, token })).status).toBe(403);
		}
		const answer = await reserve('mine', { policy: put.body }, viewer);
		expect(answer.status).toBe(403);
	});
});

describe('a quota', () => {
	const put = async (tenant: string, body: object) =>
		await room.call(`PUT /api/v1/quotas/${tenant}`, { body });

	it('is put and shown', async () => {
		const made = await put('acme', { limit: 5, intervalMs: 1_000 });
		expect(made).toMatchObject({
			status: 201,
			body: { tenant: 'acme', limit: 5, concurrent: null, weight: 1 },
		});
		expect((await room.call('GET /api/v1/quotas/acme', { token: viewer })).status).toBe(200);
		const unknown = await room.call('GET /api/v1/quotas/nobody');
		expect(unknown).toMatchObject({ status: 404, body: { code: 'quota_not_found' } });
	});

	it('holds a tenant back over all keys, and nobody else', async () => {
		await put('small', { limit: 3, intervalMs: 60_000 });
		const policy = { limit: 1_000, intervalMs: 1_000, burst: 100 };
		const times = timesOf(await reserve('one', { policy, tenant: 'small', count: 2 }));
		times.push(...timesOf(await reserve('two', { policy, tenant: 'small', count: 2 })));
		const first = times[0] ?? 0;
		expect(times.slice(0, 3).every((at) => at - first < 5_000)).toBe(true);
		expect((times[3] ?? 0) - first).toBeGreaterThanOrEqual(60_000);

		const [other = 0] = timesOf(await reserve('two', { tenant: 'big' }));
		expect(other - first).toBeLessThan(10_000);
	});

	it('refuses with the wait it would cost, and counts nothing then', async () => {
		await put('tight', { limit: 2, intervalMs: 60_000 });
		const policy = { limit: 1_000, intervalMs: 1_000 };
		const ask = async (count: number) =>
			(await reserve('tight', { policy, tenant: 'tight', count, maxWaitMs: 1_000 })).body[
				'granted'
			];
		expect([await ask(1), await ask(2), await ask(1), await ask(1)]).toEqual([
			true,
			false,
			true,
			false,
		]);
	});

	it('limits leases over all keys', async () => {
		await put('busy', { limit: 1_000, intervalMs: 1_000, concurrent: 2 });
		const lease = async (key: string, tenant: string) =>
			(
				await room.call(`POST /api/v1/concurrency/${key}/leases`, {
					token: node,
					body: { limit: 10, tenant },
				})
			).body['granted'];
		expect([
			await lease('left', 'busy'),
			await lease('right', 'busy'),
			await lease('right', 'busy'),
			await lease('right', 'idle'),
		]).toEqual([true, true, false, true]);
	});
});

describe('concurrency leases', () => {
	const acquire = async (key: string, body: object) =>
		await room.call(`POST /api/v1/concurrency/${key}/leases`, { token: node, body });
	const leasesOf = (answer: { body: Record<string, unknown> }) =>
		answer.body['leases'] as Array<{ id: string; fence: number; expiresAt: string }>;

	it('are granted up to the limit, shown, and granted again when given back', async () => {
		const body = { limit: 2, executionId: '4711' };
		const [lease] = leasesOf(await acquire('doors', { ...body, count: 2 }));
		const full = await acquire('doors', body);
		expect(full).toMatchObject({ status: 200, body: { granted: false, held: 2, limit: 2 } });
		const shown = await room.call('GET /api/v1/concurrency/doors', { token: viewer });
		expect(shown.body).toMatchObject({ held: 2, leases: [{ executionId: '4711' }, {}] });

		const path = `/api/v1/concurrency/doors/leases/${lease?.id}`;
		expect((await room.call(`DELETE ${path}`, { token: node })).status).toBe(204);
		expect((await room.call(`DELETE ${path}`, { token: node })).status).toBe(204);
		expect((await acquire('doors', body)).body['granted']).toBe(true);
	});

	it('are prolonged by who has the fence, and by nobody else', async () => {
		const [lease] = leasesOf(await acquire('long', { limit: 1, ttlMs: 5_000 }));
		const renew = async (fence: number) =>
			await room.call(`PATCH /api/v1/concurrency/long/leases/${lease?.id}`, {
				token: node,
				body: { fence, ttlMs: 600_000 },
			});
		const renewed = await renew(lease?.fence ?? 0);
		expect(renewed.status).toBe(200);
		expect(
			Date.parse(String(renewed.body['expiresAt'])) - Date.parse(lease?.expiresAt ?? ''),
		).toBeGreaterThan(500_000);
		expect(await renew((lease?.fence ?? 0) + 1)).toMatchObject({
			status: 409,
			body: { code: 'concurrency_lease_lost' },
		});
	});

	it('are refused when more are asked for than there can ever be', async () => {
		expect(await acquire('few', { limit: 2, count: 3 })).toMatchObject({ status: 400 });
	});

	it('are unknown until somebody asks', async () => {
		const answer = await room.call('GET /api/v1/concurrency/nothing');
		expect(answer).toMatchObject({ status: 404, body: { code: 'concurrency_key_not_found' } });
	});
});

it('lists quotas by tenant, and keys with how many leases are held', async () => {
	const quota = { limit: 10, intervalMs: 1_000 };
	for (const tenant of ['list-b', 'list-a']) {
		await room.call(`PUT /api/v1/quotas/${tenant}`, { body: quota });
	}
	const quotas = await room.call('GET /api/v1/quotas?limit=200', { token: viewer });
	const tenants = quotas.body.data.map(({ tenant }) => String(tenant));
	expect(tenants.filter((tenant) => tenant.startsWith('list-'))).toEqual(['list-a', 'list-b']);
	await room.call('POST /api/v1/concurrency/listed/leases', { body: { limit: 5, count: 2 } });
	const keys = await room.call('GET /api/v1/concurrency?limit=200', { token: viewer });
	expect(keys.body.data).toContainEqual({ key: 'listed', limit: 5, held: 2 });
	const first = await room.call('GET /api/v1/concurrency?limit=1', { token: viewer });
	expect(first.body.data).toHaveLength(1);
});
