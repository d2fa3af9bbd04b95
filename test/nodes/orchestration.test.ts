import type { Promotion } from '../../sidecar/contract/promotions';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

beforeEach(() => sidecar.answer(() => ({ body: { id: 'x' } })));

const locator = (value: string) => ({ __rl: true, mode: 'id', value });

async function orchestrate(parameters: object, more: object = {}, items = [{ json: {} }]) {
	const node = {
		name: 'Orchestration',
		type: 'pack.orchestration',
		parameters: parameters as never,
		...more,
	};
	const outcome = await runChain(n8n, {
		nodes: [{ name: 'Trigger', type: 'test.trigger' }, node],
		items,
		baseUrl: sidecar.url,
	});
	return {
		json: outcome.json('Orchestration'),
		items: outcome.items('Orchestration'),
		errorItems: outcome.json('Orchestration', 1),
		error: outcome.run.data.resultData.error,
	};
}

const promotion = (changes: Partial<Promotion> = {}): Promotion => ({
	id: 'p1',
	phase: 'planned',
	releaseId: 'r1',
	from: 'dev',
	to: 'production',
	rollbackOf: null,
	plan: { digest: 'd1', changes: [], blockers: [], warnings: [] },
	steps: [],
	reason: null,
	createdBy: 'test',
	createdAt: '2026-01-01T00:00:00.000Z',
	updatedAt: '2026-01-01T00:00:00.000Z',
	...changes,
});

const letter = { resource: 'deadLetter', deadLetterId: 'dl/1' };
const workflow = { environment: locator('dev'), workflow: locator('w1') };

describe('one call of the sidecar', () => {
	it.each([
		[{ ...letter, operation: 'get' }, 'GET /api/v1/dead-letters/dl%2F1', undefined],
		[{ ...letter, operation: 'discard' }, 'POST /api/v1/dead-letters/dl%2F1/discard', undefined],
		[
			{ ...letter, operation: 'discard', options: { reason: 'a test order' } },
			'POST /api/v1/dead-letters/dl%2F1/discard',
			{ reason: 'a test order' },
		],
		[
			{ ...letter, operation: 'replay' },
			'POST /api/v1/dead-letters/dl%2F1/replay',
			{ strategy: 'redeliver', version: 'live' },
		],
		[
			{ ...letter, operation: 'replay', version: 'failed', options: { waitSeconds: 99 } },
			'POST /api/v1/dead-letters/dl%2F1/replay',
			{ strategy: 'redeliver', version: 'failed', waitSeconds: 60 },
		],
		[
			{ ...letter, operation: 'replay', version: 'chosen', versionId: 'v7' },
			'POST /api/v1/dead-letters/dl%2F1/replay',
			{ strategy: 'redeliver', version: 'v7' },
		],
		[
			{ ...letter, operation: 'replay', strategy: 'retry' },
			'POST /api/v1/dead-letters/dl%2F1/replay',
			{ strategy: 'retry' },
		],
		[
			{ resource: 'version', operation: 'create', ...workflow, options: { message: 'fix' } },
			'POST /api/v1/versions',
			{ environment: 'dev', workflowId: 'w1', message: 'fix' },
		],
		[
			{ resource: 'version', operation: 'get', versionId: 'v1' },
			'GET /api/v1/versions/v1',
			undefined,
		],
		[
			{ resource: 'version', operation: 'diff', versionId: 'v1', otherVersionId: 'v2' },
			'GET /api/v1/versions/v1/diff/v2',
			undefined,
		],
		[
			{ resource: 'promotion', operation: 'get', promotionId: 'p1' },
			'GET /api/v1/promotions/p1',
			undefined,
		],
		[
			{ resource: 'promotion', operation: 'create', ...workflow, to: locator('production') },
			'POST /api/v1/promotions',
			{ environment: 'dev', workflowIds: ['w1'], to: 'production' },
		],
		[
			{
				resource: 'promotion',
				operation: 'create',
				source: 'release',
				releaseId: 'r1',
				to: locator('production'),
				mappings: {
					mapping: [
						{ kind: 'credentials', from: 'c1', to: 'c2' },
						{ kind: 'workflows', from: 'w1', to: 'create' },
						{ kind: 'literals', from: 'table-1' },
					],
				},
				options: { message: 'go', publish: false },
			},
			'POST /api/v1/promotions',
			{
				releaseId: 'r1',
				to: 'production',
				mappings: {
					credentials: { c1: 'c2' },
					workflows: { w1: 'create' },
					literals: ['table-1'],
				},
				message: 'go',
				publish: false,
			},
		],
		[
			{
				resource: 'promotion',
				operation: 'create',
				...workflow,
				to: locator('production'),
				options: { moreWorkflowIds: 'w2, w3,' },
			},
			'POST /api/v1/promotions',
			{ environment: 'dev', workflowIds: ['w1', 'w2', 'w3'], to: 'production' },
		],
		[
			{
				resource: 'promotion',
				operation: 'apply',
				promotionId: 'p1',
				planDigest: 'd1',
				wait: false,
			},
			'POST /api/v1/promotions/p1/apply',
			{ planDigest: 'd1' },
		],
		[
			{ resource: 'promotion', operation: 'rollback', promotionId: 'p1', wait: false },
			'POST /api/v1/promotions/p1/rollback',
			undefined,
		],
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
			{ resource: 'deadLetter', operation: 'restore', deadLetterId: locator('l1') },
			'POST /api/v1/dead-letters/l1/restore',
			undefined,
		],
		[
			{
				resource: 'rehearsal',
				operation: 'start',
				environment: locator('production'),
				candidateId: 'v1',
				rehearseIn: locator('dev'),
				letterLimit: 5,
				filters: { ids: 'a, b', node: '' },
			},
			'POST /api/v1/rehearsals',
			{
				filter: { environment: 'production', ids: ['a', 'b'] },
				version: 'v1',
				environment: 'dev',
				limit: 5,
			},
		],
		[
			{ resource: 'rehearsal', operation: 'get', rehearsalId: 'r1' },
			'GET /api/v1/rehearsals/r1',
			undefined,
		],
		[
			{
				resource: 'replaySchedule',
				operation: 'set',
				scheduleName: 'every night',
				environment: locator('production'),
				cron: '0 3 * * *',
				filters: { errorClass: 'transient' },
				options: {
					ladder: '60, 3600',
					liveRatio: 1.5,
					circuit: 'receipts',
					rateLimit: '',
					quietFrom: '08:00',
					quietTo: '18:00',
					timeZone: 'Europe/Vienna',
				},
			},
			'PUT /api/v1/replay-schedules/every%20night',
			{
				filter: { environment: 'production', errorClass: 'transient' },
				cron: '0 3 * * *',
				liveRatio: 1.5,
				circuit: 'receipts',
				timeZone: 'Europe/Vienna',
				ladderMs: [60_000, 3_600_000],
				quietHours: { from: '08:00', to: '18:00', timeZone: 'Europe/Vienna' },
			},
		],
		[
			{ resource: 'replaySchedule', operation: 'get', scheduleName: 'n' },
			'GET /api/v1/replay-schedules/n',
			undefined,
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
		[
			{ resource: 'execution', operation: 'start', ...workflow },
			'POST /api/v1/executions',
			{ environment: 'dev', workflow: 'w1', payload: {} },
		],
		[
			{
				resource: 'execution',
				operation: 'start',
				...workflow,
				payload: '{"order": 7}',
				options: {
					attempts: 5,
					circuit: 'billing',
					idempotencyKey: 'order-7',
					tenant: 't',
					waitSeconds: 99,
				},
			},
			'POST /api/v1/executions',
			{
				environment: 'dev',
				workflow: 'w1',
				payload: { order: 7 },
				idempotencyKey: 'order-7',
				tenant: 't',
				policy: { attempts: 5, circuit: 'billing' },
				wait: 60,
			},
		],
		[
			{ resource: 'execution', operation: 'get', executionId: 'e1' },
			'GET /api/v1/executions/e1',
			undefined,
		],
		[
			{ resource: 'execution', operation: 'cancel', executionId: 'e1' },
			'POST /api/v1/executions/e1/cancel',
			undefined,
		],
		[
			{ resource: 'execution', operation: 'retry', executionId: 'e1' },
			'POST /api/v1/executions/e1/retry',
			undefined,
		],
		[
			{ resource: 'promotion', operation: 'abort', promotionId: 'p1' },
			'POST /api/v1/promotions/p1/abort',
			undefined,
		],
		[
			{
				resource: 'promotion',
				operation: 'approve',
				promotionId: 'p1',
				planDigest: 'd1',
				decision: 'reject',
				options: { reason: 'not on Friday' },
			},
			'POST /api/v1/promotions/p1/approvals',
			{ decision: 'reject', planDigest: 'd1', reason: 'not on Friday' },
		],
		[
			{ resource: 'version', operation: 'export', versionId: 'v1' },
			'GET /api/v1/versions/v1/export',
			undefined,
		],
		[
			{
				resource: 'release',
				operation: 'create',
				...workflow,
				options: { moreWorkflowIds: 'w2', message: 'spring' },
			},
			'POST /api/v1/releases',
			{ environment: 'dev', workflowIds: ['w1', 'w2'], message: 'spring' },
		],
		[
			{ resource: 'release', operation: 'get', releaseId: 'r1' },
			'GET /api/v1/releases/r1',
			undefined,
		],
		[
			{ resource: 'release', operation: 'export', releaseId: 'r1' },
			'GET /api/v1/releases/r1/export',
			undefined,
		],
		[
			{ resource: 'webhookEvent', operation: 'get', eventId: 'ev1' },
			'GET /api/v1/webhooks/events/ev1',
			undefined,
		],
		[
			{
				resource: 'webhookEvent',
				operation: 'redeliver',
				eventId: 'ev1',
				options: { subscription: 'crm' },
			},
			'POST /api/v1/webhooks/events/ev1/redeliver',
			{ subscription: 'crm' },
		],
	])('%j', async (parameters, route, body) => {
		const { json, error } = await orchestrate(parameters);

		expect(error).toBeUndefined();
		expect(sidecar.calls).toHaveLength(1);
		expect(sidecar.calls[0]).toMatchObject({ route });
		expect(sidecar.calls[0]?.body).toEqual(body);
		expect(json).toEqual([{ id: 'x' }]);
	});
});

it('sends no body rather than an empty one of some other type', async () => {
	await orchestrate({
		resource: 'promotion',
		operation: 'rollback',
		promotionId: 'p1',
		wait: false,
	});

	const { headers } = sidecar.calls[0] ?? {};
	expect(headers).toMatchObject({ 'content-length': '0' });
	expect(headers).not.toHaveProperty('transfer-encoding');
});

describe('lists', () => {
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
		sidecar.answer(() => ({ body: { data: [{ id: 1 }, { id: 2 }], nextCursor: null } }));
		const { json, items } = await orchestrate(parameters);

		expect(sidecar.calls.map((call) => call.route)).toEqual([`GET ${route}`]);
		expect(json).toEqual([{ id: 1 }, { id: 2 }]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }]);
	});

	it('follows the cursor to the end when all are wanted', async () => {
		sidecar.answer((_call, before) => ({
			body: { data: [{ id: before }], nextCursor: before < 2 ? `after-${before}` : null },
		}));
		const { json } = await orchestrate({ ...many, returnAll: true });

		expect(json).toEqual([{ id: 0 }, { id: 1 }, { id: 2 }]);
		expect(sidecar.calls.map((call) => call.route)).toEqual([
			'GET /api/v1/dead-letters?limit=100',
			'GET /api/v1/dead-letters?limit=100&cursor=after-0',
			'GET /api/v1/dead-letters?limit=100&cursor=after-1',
		]);
	});

	it('stops at the limit even where the sidecar has more', async () => {
		sidecar.answer(() => ({ body: { data: [{ id: 1 }, { id: 2 }], nextCursor: 'more' } }));
		const { json } = await orchestrate({ ...many, limit: 3 });

		expect(json).toHaveLength(3);
		expect(sidecar.calls.map((call) => call.route)).toEqual([
			'GET /api/v1/dead-letters?limit=3',
			'GET /api/v1/dead-letters?limit=1&cursor=more',
		]);
	});

	it('gives no items for an empty list', async () => {
		sidecar.answer(() => ({ body: { data: [], nextCursor: null } }));
		const { json, error } = await orchestrate(many);

		expect(error).toBeUndefined();
		expect(json).toEqual([]);
	});
});

describe('Plan and Apply', () => {
	const parameters = {
		resource: 'promotion',
		operation: 'promote',
		...workflow,
		to: locator('production'),
	};

	/** Planned, then applied, then these phases one poll after the other. */
	function phases(...later: Array<Partial<Promotion>>) {
		sidecar.answer(({ route }, before) => {
			if (route === 'POST /api/v1/promotions') return { body: promotion() };
			return { body: promotion(later[before - 1] ?? later.at(-1) ?? {}) };
		});
	}

	it('applies the plan it got and waits until the promotion has succeeded', async () => {
		phases({ phase: 'applying' }, { phase: 'verifying' }, { phase: 'succeeded' });
		const { json, error } = await orchestrate(parameters);

		expect(error).toBeUndefined();
		expect(json).toMatchObject([{ id: 'p1', phase: 'succeeded' }]);
		expect(sidecar.calls.map(({ route }) => route)).toEqual([
			'POST /api/v1/promotions',
			'POST /api/v1/promotions/p1/apply',
			'GET /api/v1/promotions/p1',
			'GET /api/v1/promotions/p1',
		]);
		expect(sidecar.calls[1]?.body).toEqual({ planDigest: 'd1' });
	});

	it('applies nothing when something blocks, and lists it with its candidates', async () => {
		const blocker = {
			code: 'credential_unmapped',
			message: 'Credential "Stripe" has no counterpart.',
			workflowKey: 'orders',
			place: 'nodes[HTTP].credentials.httpHeaderAuth',
			candidates: [{ id: 'c9', name: 'Stripe live' }],
		};
		const plan = { digest: 'd1', changes: [], blockers: [blocker], warnings: [] };
		sidecar.answer(() => ({ body: promotion({ plan }) }));
		const { error } = await orchestrate(parameters);

		expect(sidecar.calls).toHaveLength(1);
		expect(error).toMatchObject({
			message: 'Promotion p1 to production is blocked by 1 finding(s)',
			description:
				'nodes[HTTP].credentials.httpHeaderAuth: Credential "Stripe" has no counterpart. Candidates: Stripe live (c9)',
		});
	});

	it('applies nothing while approval is missing', async () => {
		sidecar.answer(() => ({ body: promotion({ phase: 'awaiting-approval' }) }));
		const { error } = await orchestrate(parameters);

		expect(sidecar.calls).toHaveLength(1);
		expect(error?.message).toBe('Promotion p1 to production waits for approval');
	});

	it('fails with the reason and the step when the promotion failed', async () => {
		const step = {
			index: 2,
			workflowKey: 'orders',
			action: 'publish',
			status: 'failed' as const,
			message: 'Someone else saved the workflow.',
			startedAt: null,
			finishedAt: null,
		};
		phases({ phase: 'failed', reason: 'The target moved.', steps: [step] });
		const { error } = await orchestrate(parameters);

		expect(error).toMatchObject({
			message: 'Promotion p1 to production ended as failed: The target moved.',
			description: 'Step 2 (publish): Someone else saved the workflow.',
		});
	});

	it('stops waiting after its timeout, and says that the promotion goes on', async () => {
		phases({ phase: 'applying' });
		const { error } = await orchestrate({ ...parameters, options: { timeoutSeconds: 0.6 } });

		expect(error).toMatchObject({
			message: 'Promotion p1 is still applying after 0.6 s',
			description: expect.stringContaining('goes on') as string,
		});
	});

	it('says what a stale plan is refused with', async () => {
		sidecar.answer(({ route }) =>
			route === 'POST /api/v1/promotions'
				? { body: promotion() }
				: problem(409, 'promotion_plan_stale', 'The source moved. Plan again.'),
		);
		const { error } = await orchestrate(parameters);

		expect(error).toMatchObject({ message: 'The source moved. Plan again.', httpCode: '409' });
	});
});

it.each([
	['apply', { planDigest: 'd1' }],
	['rollback', {}],
])('Promotion %s waits for the end unless told otherwise', async (operation, more) => {
	sidecar.answer((_call, before) => ({
		body: promotion({ phase: before === 0 ? 'applying' : 'succeeded' }),
	}));
	const { json } = await orchestrate({
		resource: 'promotion',
		operation,
		promotionId: 'p1',
		...more,
	});

	expect(json).toMatchObject([{ phase: 'succeeded' }]);
	expect(sidecar.calls).toHaveLength(2);
});

describe('faults', () => {
	const missing = { resource: 'version', operation: 'get', versionId: '={{ $json.id }}' };
	const three = [{ json: { id: 'a' } }, { json: { id: 'b' } }, { json: { id: 'c' } }];
	const secondIsUnknown = () =>
		sidecar.answer(({ route }) =>
			route.endsWith('/b')
				? problem(404, 'version_not_found', 'No version "b".')
				: { body: { id: route.at(-1) } },
		);

	it('runs for each item', async () => {
		const { json } = await orchestrate(missing, {}, three);

		expect(sidecar.calls.map(({ route }) => route.at(-1))).toEqual(['a', 'b', 'c']);
		expect(json).toHaveLength(3);
	});

	it('names the item that failed', async () => {
		secondIsUnknown();
		const { error } = await orchestrate(missing, {}, three);

		expect(error).toMatchObject({ message: 'No version "b".', context: { itemIndex: 1 } });
	});

	it('goes on with the others with On Error: Continue', async () => {
		secondIsUnknown();
		const { json } = await orchestrate(missing, { onError: 'continueRegularOutput' }, three);

		expect(json).toMatchObject([
			{ id: 'a' },
			{ error: { code: 'version_not_found', httpStatus: 404 } },
			{ id: 'c' },
		]);
	});

	it('sends only the failed one to the error output', async () => {
		secondIsUnknown();
		const { json, errorItems } = await orchestrate(
			missing,
			{ onError: 'continueErrorOutput' },
			three,
		);

		expect(json).toEqual([{ id: 'a' }, { id: 'c' }]);
		expect(errorItems).toMatchObject([{ id: 'b', error: { message: 'No version "b".' } }]);
	});

	it('gives every item back, with its own data, when nobody is there', async () => {
		const outcome = await runChain(n8n, {
			nodes: [
				{ name: 'Trigger', type: 'test.trigger' },
				{
					name: 'Orchestration',
					type: 'pack.orchestration',
					parameters: missing,
					onError: 'continueRegularOutput',
				},
			],
			items: Array.from({ length: 200 }, (_, id) => ({ json: { id } })),
			baseUrl: 'http://127.0.0.1:9',
		});
		const json = outcome.json('Orchestration');

		expect(json.map(({ id }) => id)).toEqual(Array.from({ length: 200 }, (_, id) => id));
		expect(json[199]?.['error']).toMatchObject({
			message: expect.stringContaining('unreachable') as string,
		});
	});

	it('stops at a cancellation, also when it goes on after errors', async () => {
		const cancel = new AbortController();
		sidecar.answer(() => {
			cancel.abort();
			return { body: { id: 'x' } };
		});
		const { run } = await runChain(n8n, {
			nodes: [
				{ name: 'Trigger', type: 'test.trigger' },
				{
					name: 'Orchestration',
					type: 'pack.orchestration',
					parameters: missing,
					onError: 'continueRegularOutput',
				},
			],
			items: Array.from({ length: 50 }, (_, id) => ({ json: { id } })),
			baseUrl: sidecar.url,
			cancel: cancel.signal,
		});

		expect(run.status).not.toBe('success');
		expect(sidecar.calls.length).toBeLessThan(3);
	});

	it('runs nothing for no items', async () => {
		const { json, error } = await orchestrate(missing, {}, []);

		expect(error).toBeUndefined();
		expect(json).toEqual([]);
		expect(sidecar.calls).toEqual([]);
	});

	it.each([
		[{ ...letter, deadLetterId: '  ', operation: 'get' }, 'Expected "Dead Letter", got nothing'],
		[
			{ resource: 'execution', operation: 'start', ...workflow, payload: '{"order": ' },
			'Expected "Payload" to be JSON, got "{\\"order\\": "',
		],
		[
			{
				resource: 'rateLimit',
				operation: 'set',
				rateLimit: locator('r'),
				newLimit: '={{ "many" }}',
			},
			'Expected "Limit" to be a number from 1 on, got "many"',
		],
		[
			{
				resource: 'rateLimit',
				operation: 'feedback',
				rateLimit: locator('r'),
				options: { headers: '[1]' },
			},
			'Expected "Headers" to be a JSON object',
		],
		[
			{
				resource: 'version',
				operation: 'create',
				...workflow,
				environment: locator('={{ $json.gone }}'),
			},
			'Expected "Environment", got nothing',
		],
	])('asks for a required field before it calls the sidecar', async (parameters, message) => {
		const { error } = await orchestrate(parameters);

		expect(error?.message).toBe(message);
		expect(sidecar.calls).toEqual([]);
	});

	it('says that a lease is given back, which the sidecar answers with nothing', async () => {
		sidecar.answer(() => ({ status: 204, body: '' }));
		const parameters = { operation: 'release', concurrencyKey: 'k', leaseId: 'l1' };
		const { json } = await orchestrate({ resource: 'concurrency', ...parameters });

		expect(sidecar.calls[0]?.route).toBe('DELETE /api/v1/concurrency/k/leases/l1');
		expect(json).toEqual([{ released: true, key: 'k', leaseId: 'l1' }]);
	});

	it('says that a replay schedule is removed, which the sidecar answers with nothing', async () => {
		sidecar.answer(() => ({ status: 204, body: '' }));
		const parameters = { operation: 'delete', scheduleName: 'every night' };
		const { json } = await orchestrate({ resource: 'replaySchedule', ...parameters });

		expect(sidecar.calls[0]?.route).toBe('DELETE /api/v1/replay-schedules/every%20night');
		expect(json).toEqual([{ name: 'every night', deleted: true }]);
	});

	it('refuses an operation that does not exist', async () => {
		const { error } = await orchestrate({ resource: 'deadLetter', operation: 'burn' });

		expect(error?.message).toBe(
			'Expected a known resource and operation, got "deadLetter" and "burn"',
		);
	});
});
