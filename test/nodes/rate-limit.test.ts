import type { IDataObject } from 'n8n-workflow';

import type { ReservationRequest } from '../../sidecar/contract/rate-limits';
import { ids, inLimitRoom, items, limit, nobody, retryAt } from './support/limit-room';
import { resumeChain, runChain } from './support/run-nodes';
import { problem } from './support/scripted-sidecar';

const room = inLimitRoom();

describe('Acquire', () => {
	it('reserves for all items in one call and leaves them as they were', async () => {
		room.granting();
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const input = [...items(1, 2), { json: { id: 3 }, binary: { note: file } }];
		const { items: left } = await room.run(
			limit('acquire', { limit: 20, intervalSeconds: 60 }),
			input,
		);

		expect(room.sidecar.calls).toMatchObject([
			{
				route: 'POST /api/v1/rate-limits/pay/reservations',
				body: { count: 3, weight: 1, policy: { limit: 20, intervalMs: 60_000 } },
			},
		]);
		expect(left('Limit').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
		expect(left('Limit')[2]).toMatchObject({ binary: { note: file }, pairedItem: { item: 2 } });
	});

	it('sends burst, weight, tenant and the longest wait', async () => {
		room.granting();
		const options = { burst: 5, weight: 2, tenant: 'acme', maxWaitSeconds: 1.5 };
		await room.run(limit('acquire', { options }), items(1));

		expect(room.sidecar.calls[0]?.body).toEqual({
			count: 1,
			weight: 2,
			tenant: 'acme',
			maxWaitMs: 1500,
			policy: { limit: 10, intervalMs: 1000, burst: 5 },
		});
	});

	it('asks once for each key, tenant and weight', async () => {
		room.granting();
		const input = ['a', 'b', 'a', 'a'].map((key, id) => ({
			json: { id, key, tenant: id < 3 ? 't1' : 't2' },
		}));
		const node = limit('acquire', {
			key: '={{ $json.key }}',
			options: { tenant: '={{ $json.tenant }}' },
		});
		const { items: left } = await room.run(node, input);

		expect(
			room.sidecar.calls.map(({ route, body }) => [
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
		room.granting(200);
		const began = performance.now();
		await room.run(limit('acquire'), items(1, 2, 3));

		expect(performance.now() - began).toBeGreaterThanOrEqual(400);
	});

	it('says that items leave together when their times are further apart than an interval', async () => {
		room.granting(30);
		const spread = await room.run(limit('acquire', { intervalSeconds: 0.05 }), items(1, 2, 3));
		expect(spread.hints('Limit')[0]?.message).toContain('Loop Over Items');

		const close = await room.run(limit('acquire', { intervalSeconds: 1 }), items(1, 2, 3));
		expect(close.hints('Limit')).toEqual([]);
	});

	it('sends refused items out by Refused with the time to ask again', async () => {
		room.refusing();
		const { items: left } = await room.run(limit('acquire'), items(1, 2));

		expect(left('Limit')).toEqual([]);
		expect(left('Limit', 1).map(({ json }) => json)).toEqual(
			[1, 2].map((id) => ({ id, rateLimit: { key: 'pay', decidedBy: 'sidecar', retryAt } })),
		);
	});

	it('leaves the slot for a long wait and goes on with the same items', async () => {
		room.granting(100_000);
		const chain = room.chainOf(
			[limit('acquire'), { name: 'After', type: 'test.pass' }],
			items(1, 2),
		);
		const waiting = await runChain(room.n8n, chain);

		expect(waiting.run.waitTill?.getTime()).toBeGreaterThan(Date.now() + 95_000);
		const { items: left } = await resumeChain(room.n8n, chain, waiting.run);
		expect(left('After').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('stops waiting when the execution is cancelled', async () => {
		room.granting(20_000);
		const began = performance.now();
		await runChain(room.n8n, {
			...room.chainOf([limit('acquire')], items(1, 2)),
			cancel: AbortSignal.timeout(200),
		});

		expect(performance.now() - began).toBeLessThan(15_000);
	});

	it.each([
		['letThrough', 0],
		['refuse', 1],
	])('follows the setting %s when nobody is there', async (whenAway, output) => {
		const { items: left, hints } = await room.run(limit('acquire', { whenAway }), items(1), nobody);

		expect(ids(left('Limit', output))).toEqual([1]);
		expect(hints('Limit')[0]?.message).toContain('did not answer');
	});

	it('fails by default when nobody is there, and says what to do', async () => {
		const { run: result } = await room.run(limit('acquire'), items(1), nobody);
		const error = result.data.resultData.error as { message: string; description: string };

		expect(error.message).toContain('Sidecar unreachable');
		expect(error.description).toContain('Base URL');
	});

	it.each([
		['continueRegularOutput', 1],
		['continueErrorOutput', 2],
	])('lets nothing through that was refused its token under %s', async (onError, output) => {
		room.sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const { items: left } = await room.run(limit('acquire', {}, { onError }), items(1, 2));

		expect(left('Limit')).toEqual([]);
		expect(left('Limit', output).map(({ json }) => json)).toMatchObject([
			{ id: 1, error: { message: 'Unknown token.' } },
			{ id: 2, error: { message: 'Unknown token.' } },
		]);
	});

	it('reserves for 10 001 items in two calls and loses none', async () => {
		room.granting();
		const many = Array.from({ length: 10_001 }, (_, id) => ({ json: { id } }));
		const { items: left } = await room.run(limit('acquire'), many);

		expect(room.sidecar.calls.map(({ body }) => (body as ReservationRequest).count)).toEqual([
			10_000, 1,
		]);
		expect(new Set(ids(left('Limit'))).size).toBe(10_001);
	}, 60_000);
});

describe('Rate Limit set wrongly', () => {
	const operations = ['acquire', 'acquireLease', 'feedback', 'releaseLease'];

	it.each(operations)('%s names the item without a key', async (operation) => {
		room.granting();
		const node = limit(operation, { key: '={{ $json.key }}' });
		const { run: result } = await room.run(node, [{ json: { key: 'a' } }, { json: {} }]);
		const error = result.data.resultData.error as { message: string; context: IDataObject };

		expect(error.message).toContain('Expected a key');
		expect(error.context['itemIndex']).toBe(1);
	});

	it.each(operations)('%s makes nothing of no items', async (operation) => {
		const { run: result } = await room.run(limit(operation), [], nobody);

		expect(result.data.resultData.error).toBeUndefined();
	});

	it.each([
		['Limit', { limit: 0 }],
		['Interval', { intervalSeconds: '={{ $json.none }}' }],
		['Weight', { options: { weight: -1 } }],
		['Burst', { options: { burst: 0 } }],
	])('names %s when it makes no sense', async (field, parameters) => {
		const { run: result } = await room.run(limit('acquire', parameters), items(1));

		expect(result.data.resultData.error?.message).toContain(`Expected ${field}`);
	});
});
