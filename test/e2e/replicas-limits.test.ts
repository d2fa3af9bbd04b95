import { setTimeout as delay } from 'node:timers/promises';
import type { ConcurrencyAnswer, ReservationAnswer } from '../../sidecar/contract/rate-limits';
import { until } from '../support/n8n/until';
import { fullestWindow, jainIndex } from '../unit/rate-limits/windows';
import { type Replicas, startReplicas } from './replicas-on-one-postgres';

let replicas: Replicas;

beforeAll(async () => {
	replicas = await startReplicas(3);
}, 90_000);
afterAll(async () => {
	await replicas.stop();
});

interface Worker {
	tenant?: string;
	nth: number;
}

/**
 * Workers that reserve, wait for their time, and reserve again, for `forMs`. With a `count` above 1
 * the limit is asked for far ahead: then it is used however slow the machine is just now.
 */
async function work(key: string, policy: object, workers: Worker[], forMs: number, count = 1) {
	const grants: Array<{ at: number; tenant: string | undefined }> = [];
	const end = performance.now() + forMs;
	await Promise.all(
		workers.map(async ({ tenant, nth }) => {
			while (performance.now() < end) {
				const path = `/rate-limits/${key}/reservations`;
				const body = { policy, tenant, count };
				const answer = await replicas.post<ReservationAnswer>(nth, path, body);
				if (!answer.granted) throw new Error('a reservation without maxWaitMs is always granted');
				for (const { at } of answer.reservations) grants.push({ at: Date.parse(at), tenant });
				await delay(Math.max(...answer.reservations.map(({ waitMs }) => waitMs)));
			}
		}),
	);
	const times = grants.map(({ at }) => at);
	const first = times.reduce((least, at) => Math.min(least, at), Infinity);
	return { grants, within: grants.filter(({ at }) => at < first + forMs) };
}

const manyWorkers = (count: number, tenant?: string): Worker[] =>
	Array.from({ length: count }, (_, nth) => ({ nth, ...(tenant ? { tenant } : {}) }));

it.each([
	['evenly spaced', { limit: 100, intervalMs: 1_000 }],
	['with a burst', { limit: 100, intervalMs: 1_000, burst: 25 }],
])(
	'is never exceeded in any window, and used to 95 %%, over three replicas: %s',
	async (name, policy) => {
		const key = encodeURIComponent(name);
		const { grants, within } = await work(key, policy, manyWorkers(30), 5_000, 10);
		expect(fullestWindow(grants, policy.intervalMs)).toBeLessThanOrEqual(policy.limit);
		expect(within.length).toBeGreaterThanOrEqual(0.95 * 500);
	},
);

it('is shared fairly by tenants of unequal eagerness over three replicas', async () => {
	const policy = { limit: 100, intervalMs: 1_000 };
	const workers = [...manyWorkers(30, 'a'), ...manyWorkers(10, 'b'), ...manyWorkers(10, 'c')];
	const { grants, within } = await work('fair', policy, workers, 6_000);
	expect(fullestWindow(grants, policy.intervalMs)).toBeLessThanOrEqual(policy.limit);
	expect(within.length).toBeGreaterThanOrEqual(0.95 * 600);
	const shares = ['a', 'b', 'c'].map(
		(tenant) => within.filter((grant) => grant.tenant === tenant).length,
	);
	expect(jainIndex(shares)).toBeGreaterThanOrEqual(0.98);
});

it('keeps its promise when a replica dies in the middle', async () => {
	const policy = { limit: 200, intervalMs: 1_000 };
	const [, , third] = replicas.all;
	if (!third) throw new Error('there are three replicas');
	const survivors = manyWorkers(20).map(({ nth }) => ({ nth: nth % 2 }));
	const [{ grants }] = await Promise.all([
		work('dying', policy, survivors, 3_000, 10),
		(async () => {
			for (let asked = 0; asked < 20; asked += 1) {
				await third.api('/rate-limits/dying/reservations', { body: { policy } });
			}
			await third.kill();
		})(),
	]);
	await third.restart();
	expect(fullestWindow(grants, policy.intervalMs)).toBeLessThanOrEqual(policy.limit);
	expect(grants.length).toBeGreaterThan(400);
});

describe('concurrency leases', () => {
	const acquire = async (nth: number, key: string, body: object) =>
		await replicas.post<ConcurrencyAnswer>(nth, `/concurrency/${key}/leases`, body);

	it('are never more than the limit over three replicas', async () => {
		let held = 0;
		let most = 0;
		let granted = 0;
		await Promise.all(
			Array.from({ length: 24 }, async (_, nth) => {
				for (let round = 0; round < 8; round += 1) {
					const answer = await acquire(nth, 'shared', { limit: 5 });
					if (!answer.granted) continue;
					granted += 1;
					held += 1;
					most = Math.max(most, held);
					for (const { id } of answer.leases) {
						held -= 1;
						const path = `/concurrency/shared/leases/${id}`;
						await replicas.all[(nth + 1) % 3]?.api(path, { method: 'DELETE' });
					}
				}
			}),
		);
		expect(granted).toBeGreaterThan(20);
		expect(most).toBeLessThanOrEqual(5);
		const full = await Promise.all(
			Array.from({ length: 30 }, async (_, nth) => await acquire(nth, 'full', { limit: 5 })),
		);
		expect(full.filter((answer) => answer.granted)).toHaveLength(5);
	});

	it('of a worker that died are free again after their time', async () => {
		expect(await acquire(0, 'dead', { limit: 2, count: 2, ttlMs: 700 })).toMatchObject({
			granted: true,
		});
		expect(await acquire(1, 'dead', { limit: 2, ttlMs: 700 })).toMatchObject({
			granted: false,
			held: 2,
		});
		await until(
			'the leases to run out',
			async () => (await acquire(2, 'dead', { limit: 2, count: 2 })).granted || undefined,
			{ deadlineMs: 5_000 },
		);
	});
});
