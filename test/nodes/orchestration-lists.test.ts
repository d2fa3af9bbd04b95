import { locator, inOrchestrationRoom } from './support/orchestration-room';

const room = inOrchestrationRoom();

const many = { resource: 'deadLetter', operation: 'getAll' };

it.each([
	[many, '/api/v1/dead-letters?limit=50'],
	[
		{
			...many,
			limit: 5,
			filters: { state: 'waiting', environment: 'production', workflowId: '' },
		},
		'/api/v1/dead-letters?environment=production&state=waiting&limit=5',
	],
	[{ resource: 'promotion', operation: 'getAll' }, '/api/v1/promotions?limit=50'],
	[
		{ resource: 'promotion', operation: 'getAll', filters: { phase: 'failed', to: 'staging' } },
		'/api/v1/promotions?phase=failed&to=staging&limit=50',
	],
	[
		{ resource: 'version', operation: 'getAll', workflowKey: locator('orders') },
		'/api/v1/workflows/orders/versions?limit=50',
	],
	[{ resource: 'circuit', operation: 'getAll' }, '/api/v1/circuits?limit=50'],
	[{ resource: 'rateLimit', operation: 'getAll' }, '/api/v1/rate-limits?limit=50'],
	[
		{ resource: 'execution', operation: 'getAll', filters: { status: 'in-doubt' } },
		'/api/v1/executions?status=in-doubt&limit=50',
	],
	[
		{ resource: 'webhookEvent', operation: 'getAll', filters: { endpoint: 'stripe' } },
		'/api/v1/webhooks/events?endpoint=stripe&limit=50',
	],
])('%j', async (parameters, route) => {
	room.sidecar.answer(() => ({ body: { data: [{ id: 1 }, { id: 2 }], nextCursor: null } }));
	const { json, items } = await room.orchestrate(parameters);

	expect(room.sidecar.calls.map((call) => call.route)).toEqual([`GET ${route}`]);
	expect(json).toEqual([{ id: 1 }, { id: 2 }]);
	expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
});

it('follows the cursor to the end when all are wanted', async () => {
	room.sidecar.answer((_call, before) => ({
		body: { data: [{ id: before }], nextCursor: before < 2 ? `after-${before}` : null },
	}));
	const { json } = await room.orchestrate({ ...many, returnAll: true });

	expect(json).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
	expect(room.sidecar.calls.map((call) => call.route)).toEqual([
		'GET /api/v1/dead-letters?limit=100',
		'GET /api/v1/dead-letters?limit=100&cursor=after-0',
		'GET /api/v1/dead-letters?limit=100&cursor=after-1',
	]);
});

it('stops at the limit even where the sidecar has more', async () => {
	room.sidecar.answer(() => ({ body: { data: [{ id: 1 }, { id: 2 }], nextCursor: 'more' } }));
	const { json } = await room.orchestrate({ ...many, limit: 3 });

	expect(json).toHaveLength(3);
	expect(room.sidecar.calls.map((call) => call.route)).toEqual([
		'GET /api/v1/dead-letters?limit=3',
		'GET /api/v1/dead-letters?limit=1&cursor=more',
	]);
});

it('gives no items for an empty list', async () => {
	room.sidecar.answer(() => ({ body: { data: [], nextCursor: null } }));
	const { json, error } = await room.orchestrate(many);

	expect(error).toBeUndefined();
	expect(json).toEqual([]);
});
