import { until } from '../support/n8n/until';
import { ids, inLimitRoom, items, limit, retryAt } from './support/limit-room';
import { runChain } from './support/run-nodes';
import { problem } from './support/scripted-sidecar';

const room = inLimitRoom();

describe('leases', () => {
	const release = limit('releaseLease', {}, { name: 'Release' });
	const lease = (id: string) => ({ id, fence: 1, expiresAt: retryAt });
	const routes = () => room.sidecar.calls.map(({ route }) => route);

	function leasing(refusals = 0): void {
		let asked = 0;
		room.sidecar.answer(({ route, body }) => {
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
		const { items: left } = await runChain(room.n8n, room.chainOf(nodes, items(1, 2)));

		expect(room.sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/concurrency/pay/leases',
			body: { limit: 7, count: 1, ttlMs: 300_000, tenant: 'acme', executionId: '4711' },
		});
		expect(routes().slice(1)).toEqual(['DELETE /api/v1/concurrency/pay/leases/lease-0']);
		expect(left('Release').map(({ json }) => json)).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('takes one for each item when told so', async () => {
		leasing();
		const options = { leaseForEachItem: true, ttlSeconds: 10 };
		await runChain(
			room.n8n,
			room.chainOf([limit('acquireLease', { options }), release], items(1, 2)),
		);

		expect(room.sidecar.calls[0]?.body).toMatchObject({ count: 2, ttlMs: 10_000 });
		expect(routes()).toHaveLength(3);
	});

	it('sends items out by Refused when there is no room', async () => {
		leasing(99);
		const { items: left } = await room.run(limit('acquireLease'), items(1));

		expect(left('Limit', 1)[0]?.json).toMatchObject({
			id: 1,
			rateLimit: { key: 'pay', held: 5, limit: 5 },
		});
	});

	it('waits for room as long as it may, asking anew each time', async () => {
		leasing(2);
		const options = { maxWaitSeconds: 5 };
		const { items: left } = await room.run(limit('acquireLease', { options }), items(1));

		expect(ids(left('Limit'))).toEqual([1]);
		const asked = room.sidecar.calls.filter(({ route }) => route.startsWith('POST'));
		expect(asked).toHaveLength(3);
		expect(new Set(asked.map(({ headers }) => headers['idempotency-key'])).size).toBe(3);
	});

	it.each([
		['fails', 'test.throws'],
		['forgets to release', 'test.pass'],
	])('is given back when the execution %s', async (_how, type) => {
		leasing();
		const nodes = [limit('acquireLease'), { name: 'Work', type }];
		await runChain(room.n8n, room.chainOf(nodes, items(1)));

		expect(routes().at(-1)).toBe('DELETE /api/v1/concurrency/pay/leases/lease-0');
		expect(routes().filter((route) => route.startsWith('DELETE'))).toHaveLength(1);
	});

	it('is given back when the execution is cancelled', async () => {
		room.sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 3000 }] } };
		});
		const waiting = limit('acquire', {}, { name: 'Wait' });
		await runChain(room.n8n, {
			...room.chainOf([limit('acquireLease'), waiting], items(1)),
			cancel: AbortSignal.timeout(500),
		});

		await until('the lease to be back', () =>
			routes().some((route) => route.startsWith('DELETE')) ? true : undefined,
		);
		expect(routes()).toHaveLength(3);
	});

	it('is renewed while the execution runs', async () => {
		room.sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.startsWith('PATCH')) return { body: lease('l1') };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 1500 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1 } });
		const working = limit('acquire', {}, { name: 'Work' });
		await runChain(room.n8n, room.chainOf([taking, working], items(1)));

		const renewals = room.sidecar.calls.filter(({ route }) => route.startsWith('PATCH'));
		expect(renewals.length).toBeGreaterThan(0);
		expect(renewals[0]).toMatchObject({
			route: 'PATCH /api/v1/concurrency/pay/leases/l1',
			body: { fence: 1, ttlMs: 1000 },
		});
		expect(routes().at(-1)).toBe('DELETE /api/v1/concurrency/pay/leases/l1');
	});

	it('is renewed while the execution waits in room.n8n, and left alone once that goes on', async () => {
		let waits = true;
		let looks = 0;
		room.sidecar.answer(({ route }) => {
			if (route.startsWith('PATCH')) return { body: lease('l1') };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 90_000 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1 } });
		const { run: result } = await runChain(room.n8n, {
			...room.chainOf([taking, limit('acquire', {}, { name: 'Wait' })], items(1)),
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
		room.sidecar.answer(({ route }) => {
			if (route.startsWith('DELETE')) return { status: 204, body: '' };
			if (route.endsWith('/leases')) {
				return { status: 201, body: { granted: true, leases: [lease('l1')] } };
			}
			return { body: { granted: true, reservations: [{ at: retryAt, waitMs: 1200 }] } };
		});
		const taking = limit('acquireLease', { options: { ttlSeconds: 1, renew: false } });
		await runChain(
			room.n8n,
			room.chainOf([taking, limit('acquire', {}, { name: 'Work' })], items(1)),
		);

		expect(routes()).toHaveLength(3);
	});

	it('takes its key from a resource locator', async () => {
		leasing();
		const key = { __rl: true, mode: 'name', value: '={{ "customer " + $json.id }}' };
		await room.run(limit('acquireLease', { key }), items(1, 2));

		expect(routes().slice(0, 2)).toEqual([
			'POST /api/v1/concurrency/customer%201/leases',
			'POST /api/v1/concurrency/customer%202/leases',
		]);
	});

	it('counts a lease that is gone already as given back', async () => {
		room.sidecar.answer(({ route }) =>
			route.startsWith('DELETE')
				? problem(404, 'not_found', 'No such lease.')
				: { status: 201, body: { granted: true, leases: [lease('l1')] } },
		);
		const { run: result } = await runChain(
			room.n8n,
			room.chainOf([limit('acquireLease'), release], items(1)),
		);

		expect(result.data.resultData.error).toBeUndefined();
	});

	it('releases nothing it does not hold', async () => {
		leasing();
		const { items: left } = await room.run(limit('releaseLease'), items(1));

		expect(room.sidecar.calls).toEqual([]);
		expect(left('Limit')).toHaveLength(1);
	});
});
