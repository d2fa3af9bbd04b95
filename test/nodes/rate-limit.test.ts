import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { ReservationRequest } from '../../sidecar/contract/rate-limits';
import { until } from '../support/n8n/until';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, resumeChain, runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const trigger = { name: 'Webhook', type: 'test.trigger' };
const NOBODY = 'http://127.0.0.1:9';
const items = (...ids: number[]): INodeExecutionData[] => ids.map((id) => ({ json: { id } }));
const ids = (list: INodeExecutionData[]) => list.map(({ json }) => json['id']);

const limit = (operation: string, parameters: object = {}, more: object = {}) => ({
	name: 'Limit',
	type: 'pack.rateLimit',
	parameters: { operation, key: 'pay', ...parameters } as never,
	...more,
});

const chainOf = (
	nodes: Chain['nodes'],
	input: INodeExecutionData[],
	baseUrl = sidecar.url,
): Chain => ({ nodes: [trigger, ...nodes], items: input, baseUrl });

const run = async (node: Chain['nodes'][number], input: INodeExecutionData[], baseUrl?: string) =>
	await runChain(n8n, chainOf([node], input, baseUrl));

/** Grants one reservation each `everyMs`. */
function granting(everyMs = 0): void {
	sidecar.answer(({ body }) => {
		const { count = 1 } = body as ReservationRequest;
		const reservations = Array.from({ length: count }, (_, at) => {
			const waitMs = at * everyMs;
			return { at: new Date(Date.now() + waitMs).toISOString(), waitMs };
		});
		return { status: 201, body: { granted: true, reservations } };
	});
}

const retryAt = '2030-01-01T00:00:00.000Z';
const refusing = () =>
	sidecar.answer(() => ({ body: { granted: false, retryAt, reservations: [] } }));

describe('Acquire', () => {
	it('reserves for all items in one call and leaves them as they were', async () => {
		granting();
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const input = [...items(1, 2), { json: { id: 3 }, binary: { note: file } }];
		const { items: left } = await run(limit('acquire', { limit: 20, intervalSeconds: 60 }), input);

		expect(sidecar.calls).toMatchObject([
			{
				route: 'POST /api/v1/rate-limits/pay/reservations',
				body: { count: 3, weight: 1, policy: { limit: 20, intervalMs: 60_000 } },
			},
		]);
		expect(left('Limit').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
		expect(left('Limit')[2]).toMatchObject({ binary: { note: file }, pairedItem: { item: 2 } });
	});

	it('sends burst, weight, tenant and the longest wait', async () => {
		granting();
		const options = { burst: 5, weight: 2, tenant: 'acme', maxWaitSeconds: 1.5 };
		await run(limit('acquire', { options }), items(1));

		expect(sidecar.calls[0]?.body).toEqual({
			count: 1,
			weight: 2,
			tenant: 'acme',
			maxWaitMs: 1500,
			policy: { limit: 10, intervalMs: 1000, burst: 5 },
		});
	});

	it('asks once for each key, tenant and weight', async () => {
		granting();
		const input = ['a', 'b', 'a', 'a'].map((key, id) => ({
			json: { id, key, tenant: id < 3 ? 't1' : 't2' },
		}));
		const node = limit('acquire', {
			key: '={{ $json.key }}',
			options: { tenant: '={{ $json.tenant }}' },
		});
		const { items: left } = await run(node, input);

		expect(
			sidecar.calls.map(({ route, body }) => [
				route.split('/')[4],
				(body as ReservationRequest).tenant,
				(body as ReservationRequest).count,
			]),
		).toEqual([
			['a', 't1', 2],
			['b', 't1', 1],
			['a', 't2', 1],
		]);
		expect(ids(left('Limit'))).toEqual([0, 1, 2, 3]);
	});

	it('waits until the last time given', async () => {
		granting(200);
		const began = performance.now();
		await run(limit('acquire'), items(1, 2, 3));

		expect(performance.now() - began).toBeGreaterThanOrEqual(400);
	});

	it('says that items leave together when their times are further apart than an interval', async () => {
		granting(30);
		const spread = await run(limit('acquire', { intervalSeconds: 0.05 }), items(1, 2, 3));
		expect(spread.hints('Limit')[0]?.message).toContain('Loop Over Items');

		const close = await run(limit('acquire', { intervalSeconds: 1 }), items(1, 2, 3));
		expect(close.hints('Limit')).toEqual([]);
	});

	it('sends refused items out by Refused with the time to ask again', async () => {
		refusing();
		const { items: left } = await run(limit('acquire'), items(1, 2));

		expect(left('Limit')).toEqual([]);
		expect(left('Limit', 1).map(({ json }) => json)).toEqual(
			[1, 2].map((id) => ({ id, rateLimit: { key: 'pay', decidedBy: 'sidecar', retryAt } })),
		);
	});

	it('leaves the slot for a long wait and goes on with the same items', async () => {
		granting(100_000);
		const chain = chainOf([limit('acquire'), { name: 'After', type: 'test.pass' }], items(1, 2));
		const waiting = await runChain(n8n, chain);

		expect(waiting.run.waitTill?.getTime()).toBeGreaterThan(Date.now() + 95_000);
		const { items: left } = await resumeChain(n8n, chain, waiting.run);
		expect(left('After').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('stops waiting when the execution is cancelled', async () => {
		granting(20_000);
		const began = performance.now();
		await runChain(n8n, {
			...chainOf([limit('acquire')], items(1, 2)),
			cancel: AbortSignal.timeout(200),
		});

		expect(performance.now() - began).toBeLessThan(15_000);
	});

	it.each([
		['letThrough', 0],
		['refuse', 1],
	])('follows the setting %s when nobody is there', async (whenAway, output) => {
		const { items: left, hints } = await run(limit('acquire', { whenAway }), items(1), NOBODY);

		expect(ids(left('Limit', output))).toEqual([1]);
		expect(hints('Limit')[0]?.message).toContain('did not answer');
	});

	it('fails by default when nobody is there, and says what to do', async () => {
		const { run: result } = await run(limit('acquire'), items(1), NOBODY);
		const error = result.data.resultData.error as { message: string; description: string };

		expect(error.message).toContain('Sidecar unreachable');
		expect(error.description).toContain('Base URL');
	});

	it.each([
		['continueRegularOutput', 1],
		['continueErrorOutput', 2],
	])('lets nothing through that was refused its token under %s', async (onError, output) => {
		sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const { items: left } = await run(limit('acquire', {}, { onError }), items(1, 2));

		expect(left('Limit')).toEqual([]);
		expect(left('Limit', output).map(({ json }) => json)).toMatchObject([
			{ id: 1, error: { message: 'Unknown token.' } },
			{ id: 2, error: { message: 'Unknown token.' } },
		]);
	});

	it('reserves for 10 001 items in two calls and loses none', async () => {
		granting();
		const many = Array.from({ length: 10_001 }, (_, id) => ({ json: { id } }));
		const { items: left } = await run(limit('acquire'), many);

		expect(sidecar.calls.map(({ body }) => (body as ReservationRequest).count)).toEqual([
			10_000, 1,
		]);
		expect(new Set(ids(left('Limit'))).size).toBe(10_001);
	}, 60_000);
});

describe('Feedback', () => {
	const told = () => sidecar.calls.map(({ body }) => body);
	beforeEach(() => sidecar.answer(() => ({ body: { key: 'pay' } })));

	it.each([
		[
			'a whole response',
			{ statusCode: 429, headers: { 'Retry-After': '30', 'set-cookie': 'secret' }, body: {} },
			{ status: 429, headers: { 'retry-after': '30' } },
		],
		[
			'a failed one',
			{ error: { message: 'no', status: 503, response: { headers: { 'retry-after': '9' } } } },
			{ status: 503, headers: { 'retry-after': '9' } },
		],
		['a status only', { statusCode: 200 }, { status: 200, headers: {} }],
	])('tells of %s, and of no header it need not', async (_what, json, expected) => {
		const { items: left } = await run(limit('feedback'), [{ json: json as IDataObject }]);

		expect(told()).toEqual([expected]);
		expect(left('Limit')[0]?.json).toEqual(json);
	});

	it('tells once for all items: of the one that asks for the longest pause', async () => {
		const answers = [
			{ statusCode: 429, headers: { 'retry-after': '5' } },
			{ statusCode: 429, headers: { 'retry-after': '60' } },
			{ statusCode: 200, headers: {} },
		];
		await run(
			limit('feedback'),
			answers.map((json) => ({ json })),
		);

		expect(told()).toEqual([{ status: 429, headers: { 'retry-after': '60' } }]);
	});

	it('takes status and headers from Options', async () => {
		const options = { status: '={{ $json.code }}', headers: '{"X-RateLimit-Remaining":"0"}' };
		await run(limit('feedback', { options }), [{ json: { code: 429 } }]);

		expect(told()).toEqual([{ status: 429, headers: { 'x-ratelimit-remaining': '0' } }]);
	});

	it('says what to do when items carry no status', async () => {
		const { hints, items: left } = await run(limit('feedback'), items(1));

		expect(sidecar.calls).toEqual([]);
		expect(left('Limit')).toHaveLength(1);
		expect(hints('Limit')[0]?.message).toContain('Include Response Headers and Status');
	});

	it('does not fail a workflow because it is lost', async () => {
		const { hints, items: left } = await run(
			limit('feedback'),
			[{ json: { statusCode: 200 } }],
			NOBODY,
		);

		expect(left('Limit')).toHaveLength(1);
		expect(hints('Limit')[0]?.message).toContain('lost');
	});
});

describe('leases', () => {
	const release = limit('releaseLease', {}, { name: 'Release' });
	const lease = (id: string) => ({ id, fence: 1, expiresAt: retryAt });
	const routes = () => sidecar.calls.map(({ route }) => route);

	function leasing(refusals = 0): void {
		let asked = 0;
		sidecar.answer(({ route, body }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (asked++ < refusals) {
				const soon = new Date(Date.now() + 50).toISOString();
				return { body: { granted: false, held: 5, limit: 5, retryAt: soon, leases: [] } };
			}
			const { count = 1 } = body as { count?: number };
			const leases = Array.from({ length: count }, (_, at) => lease(`lease-${at}`));
			return { status: 201, body: { granted: true, leases } };
		});
	}

	it('takes one for all items of the key, and Release gives it back without being told its id', async () => {
		leasing();
		const nodes = [limit('acquireLease', { concurrent: 7, options: { tenant: 'acme' } }), release];
		const { items: left } = await runChain(n8n, chainOf(nodes, items(1, 2)));

		expect(sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/concurrency/pay/leases',
			body: { limit: 7, count: 1, ttlMs: 300_000, tenant: 'acme', executionId: '4711' },
		});
		expect(routes().slice(1)).toEqual(['DELETE /api/v1/concurrency/pay/leases/lease-0']);
		expect(left('Release').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('takes one for each item when told so', async () => {
		leasing();
		const options = { leaseForEachItem: true, ttlSeconds: 10 };
		await runChain(n8n, chainOf([limit('acquireLease', { options }), release], items(1, 2)));

		expect(sidecar.calls[0]?.body).toMatchObject({ count: 2, ttlMs: 10_000 });
		expect(routes()).toHaveLength(3);
	});

	it('sends items out by Refused when there is no room', async () => {
		leasing(99);
		const { items: left } = await run(limit('acquireLease'), items(1));

		expect(left('Limit', 1)[0]?.json).toMatchObject({
			id: 1,
			rateLimit: { key: 'pay', held: 5, limit: 5 },
		});
	});

	it('waits for room as long as it may, asking anew each time', async () => {
		leasing(2);
		const options = { maxWaitSeconds: 5 };
		const { items: left } = await run(limit('acquireLease', { options }), items(1));

		expect(ids(left('Limit'))).toEqual([1]);
		const asked = sidecar.calls.filter(({ route }) => route.startsWith('POST'));
		expect(asked).toHaveLength(3);
		expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(3);
	});

	it.each([
		['fails', 'test.throws'],
		['forgets to release', 'test.pass'],
	])('is given back when the execution %s', async (_how, type) => {
		leasing();
		const nodes = [limit('acquireLease'), { name: 'Work', type }];
		await runChain(n8n, chainOf(nodes, items(1)));

		expect(routes().at(-1)).toBe('DELETE /api/v1/concurrency/pay/leases/lease-0');
		expect(routes().filter((route) => route.startsWith('DELETE'))).toHaveLength(1);
	});

	it('is given back when the execution is cancelled', async () => {
		sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 3000 }] } };
		});
		const waiting = limit('acquire', {}, { name: 'Wait' });
		await runChain(n8n, {
			...chainOf([limit('acquireLease'), waiting], items(1)),
			cancel: AbortSignal.timeout(500),
		});

		await until('the lease to be back', () =>
			routes().some((route) => route.startsWith('DELETE')) ? true : undefined,
		);
		expect(routes()).toHaveLength(3);
	});

	it('is renewed while the execution runs', async () => {
		sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.startsWith('PATCH')) return { body: lease('l1') };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 1500 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1 } });
		const working = limit('acquire', {}, { name: 'Work' });
		await runChain(n8n, chainOf([taking, working], items(1)));

		const renewals = sidecar.calls.filter(({ route }) => route.startsWith('PATCH'));
		expect(renewals.length).toBeGreaterThan(0);
		expect(renewals[0]).toMatchObject({
			route: 'PATCH /api/v1/concurrency/pay/leases/l1',
			body: { fence: 1, ttlMs: 1000 },
		});
		expect(routes().at(-1)).toBe('DELETE /api/v1/concurrency/pay/leases/l1');
	});

	it('is renewed while the execution waits in n8n, and left alone once that goes on', async () => {
		let waits = true;
		let looks = 0;
		sidecar.answer(({ route }) => {
			if (route.startsWith('PATCH')) return { body: lease('l1') };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 90_000 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1 } });
		const { run: result } = await runChain(n8n, {
			...chainOf([taking, limit('acquire', {}, { name: 'Wait' })], items(1)),
			around: {
				getRunExecutionData: async () => {
					looks += 1;
					return (waits ? { waitTill: new Date() } : {}) as never;
				},
			},
		});
		expect(result.status).toBe('waiting');
		const renewed = () => routes().filter((route) => route.startsWith('PATCH')).length;
		await until('two renewals', () => (renewed() >= 2 ? true : undefined));
		waits = false;
		const before = looks;
		await until('a look that sees it go on', () => (looks > before ? true : undefined));

		// Not given back either: the execution goes on somewhere and may need it.
		expect(routes().filter((route) => route.startsWith('DELETE'))).toEqual([]);
	});

	it('is not renewed when told not to be', async () => {
		sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 1200 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1, renew: false } });
		await runChain(n8n, chainOf([taking, limit('acquire', {}, { name: 'Work' })], items(1)));

		expect(routes()).toHaveLength(3);
	});

	it('takes its key from a resource locator', async () => {
		leasing();
		const key = { __rl: true, mode: 'name', value: '={{ "customer " + $json.id }}' };
		await run(limit('acquireLease', { key }), items(1, 2));

		expect(routes().slice(0, 2)).toEqual([
			'POST /api/v1/concurrency/customer%201/leases',
			'POST /api/v1/concurrency/customer%202/leases',
		]);
	});

	it('counts a lease that is gone already as given back', async () => {
		sidecar.answer(({ route }) =>
			route.startsWith('DELETE')
				? problem(404, 'not_found', 'No such lease.')
				: { status: 201, body: { granted: true, leases: [lease('l1')] } },
		);
		const { run: result } = await runChain(
			n8n,
			chainOf([limit('acquireLease'), release], items(1)),
		);

		expect(result.data.resultData.error).toBeUndefined();
	});

	it('releases nothing it does not hold', async () => {
		leasing();
		const { items: left } = await run(limit('releaseLease'), items(1));

		expect(sidecar.calls).toEqual([]);
		expect(left('Limit')).toHaveLength(1);
	});
});

describe('Rate Limit set wrongly', () => {
	const operations = ['acquire', 'acquireLease', 'feedback', 'releaseLease'];

	it.each(operations)('%s names the item without a key', async (operation) => {
		granting();
		const node = limit(operation, { key: '={{ $json.key }}' });
		const { run: result } = await run(node, [{ json: { key: 'a' } }, { json: {} }]);
		const error = result.data.resultData.error as { message: string; context: IDataObject };

		expect(error.message).toContain('Expected a key');
		expect(error.context['itemIndex']).toBe(1);
	});

	it.each(operations)('%s makes nothing of no items', async (operation) => {
		const { run: result } = await run(limit(operation), [], NOBODY);

		expect(result.data.resultData.error).toBeUndefined();
	});

	it.each([
		['Limit', { limit: 0 }],
		['Interval', { intervalSeconds: '={{ $json.none }}' }],
		['Weight', { options: { weight: -1 } }],
		['Burst', { options: { burst: 0 } }],
	])('names %s when it makes no sense', async (field, parameters) => {
		const { run: result } = await run(limit('acquire', parameters), items(1));

		expect(result.data.resultData.error?.message).toContain(`Expected ${field}`);
	});
});
