import { locator, inOrchestrationRoom } from './support/orchestration-room';

const room = inOrchestrationRoom();

it.each([
	[
		{ resource: 'circuit', operation: 'get', circuit: locator('a/b') },
		'GET /api/v1/circuits/a%2Fb',
		undefined,
	],
	[
		{ resource: 'circuit', operation: 'force', circuit: locator('c'), forcedState: 'open' },
		'POST /api/v1/circuits/c/force',
		{ state: 'open' },
	],
	[
		{ resource: 'circuit', operation: 'force', circuit: locator('c') },
		'POST /api/v1/circuits/c/force',
		{ state: null },
	],
	[
		{ resource: 'rateLimit', operation: 'get', rateLimit: locator('r') },
		'GET /api/v1/rate-limits/r',
		undefined,
	],
	[
		{
			resource: 'rateLimit',
			operation: 'set',
			rateLimit: locator('r'),
			newLimit: 5,
			newIntervalSeconds: 0.5,
			options: { burst: 2 },
		},
		'PUT /api/v1/rate-limits/r',
		{ limit: 5, intervalMs: 500, burst: 2 },
	],
	[
		{
			resource: 'rateLimit',
			operation: 'feedback',
			rateLimit: locator('r'),
			status: 503,
			options: { headers: '{"Retry-After": 30}' },
		},
		'POST /api/v1/rate-limits/r/feedback',
		{ status: 503, headers: { 'retry-after': '30' } },
	],
	[
		{ resource: 'quota', operation: 'get', tenant: 'customer 17' },
		'GET /api/v1/quotas/customer%2017',
		undefined,
	],
	[
		{
			resource: 'quota',
			operation: 'set',
			tenant: 't',
			quotaLimit: 9,
			quotaIntervalSeconds: 60,
			options: { concurrent: 2, weight: 3 },
		},
		'PUT /api/v1/quotas/t',
		{ limit: 9, intervalMs: 60_000, concurrent: 2, weight: 3 },
	],
	[
		{ resource: 'concurrency', operation: 'get', concurrencyKey: 'k' },
		'GET /api/v1/concurrency/k',
		undefined,
	],
	[
		{
			resource: 'concurrency',
			operation: 'renew',
			concurrencyKey: 'k',
			leaseId: 'l1',
			fence: 7,
			ttlSeconds: 30,
		},
		'PATCH /api/v1/concurrency/k/leases/l1',
		{ fence: 7, ttlMs: 30_000 },
	],
])('makes one call for %j', async (parameters, route, body) => {
	await room.expectOneCall(parameters, route, body);
});

it('says that a lease is given back, which the sidecar answers with nothing', async () => {
	room.sidecar.answer(() => ({ status: 204, body: '' }));
	const parameters = { operation: 'release', concurrencyKey: 'k', leaseId: 'l1' };
	const { json } = await room.orchestrate({ resource: 'concurrency', ...parameters });

	expect(room.sidecar.calls[0]?.route).toBe('DELETE /api/v1/concurrency/k/leases/l1');
	expect(json).toEqual([{ released: true, key: 'k', leaseId: 'l1' }]);
});
