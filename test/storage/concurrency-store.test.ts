import { newId } from '../../sidecar/kernel/ids';
import type { LeaseClaim } from '../../sidecar/quotas/concurrency';
import type { ConcurrencyStore } from '../../sidecar/quotas/concurrency-store';
import { putQuota } from '../../sidecar/quotas/use-quotas';
import { createConcurrencyStore } from '../../sidecar/storage/concurrency-store';
import { ownTime } from '../../sidecar/storage/fleet-time';
import { createQuotaStore } from '../../sidecar/storage/quota-store';
import { movingClock } from '../support/moving-clock';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let store: ConcurrencyStore;
let nextKey = 0;
let key = '';

beforeAll(async () => {
	database = await freshDatabase();
	store = createConcurrencyStore(database.pool);
});
beforeEach(() => {
	key = `key-${(nextKey += 1)}`;
});
afterAll(async () => {
	await database.drop();
});

const claim: LeaseClaim = {
	limit: 3,
	count: 1,
	ttlMs: 60_000,
	tenant: null,
	executionId: null,
	tenantLimit: null,
};
const acquire = async (more: Partial<LeaseClaim> = {}, under = key) => {
	const whole = { ...claim, ...more };
	return await store.acquire(under, whole, Array.from({ length: whole.count }, newId));
};
const leasesOf = (answer: Awaited<ReturnType<typeof acquire>>) =>
	answer.granted ? answer.leases : [];
const letRunOut = async () => {
	await database.pool.query(
		"update concurrency_leases set expires_at = now() - interval '1 second' where key = $1",
		[key],
	);
};

it('grants exactly as many as the limit, however many ask at once', async () => {
	const answers = await Promise.all(Array.from({ length: 20 }, async () => await acquire()));
	expect(answers.filter(({ granted }) => granted)).toHaveLength(3);
});

it('never gives a fence twice', async () => {
	const fences: number[] = [];
	for (let round = 0; round < 3; round += 1) {
		const leases = leasesOf(await acquire({ count: 2 }));
		fences.push(...leases.map(({ fence }) => fence));
		await Promise.all(leases.map(async ({ id }) => await store.release(key, id)));
	}
	expect(fences).toEqual([1, 2, 3, 4, 5, 6]);
});

it('grants all or nothing', async () => {
	await acquire({ count: 2 });
	expect(await acquire({ count: 2 })).toMatchObject({ granted: false, held: 2, limit: 3 });
	expect(await acquire({ count: 1 })).toMatchObject({ granted: true });
});

it('frees what was not renewed in time', async () => {
	const [lease] = leasesOf(await acquire({ count: 3 }));
	await letRunOut();
	expect(leasesOf(await acquire({ count: 3 }))).toHaveLength(3);
	expect(await store.renew(key, lease?.id ?? '', lease?.fence ?? 0, 60_000)).toBeNull();
	await store.purge();
	expect((await store.find(key))?.leases).toHaveLength(3);
});

it('prolongs a lease for who has its fence', async () => {
	const [lease] = leasesOf(await acquire({ ttlMs: 5_000 }));
	if (!lease) throw new Error('a free key grants a lease');
	const renewed = await store.renew(key, lease.id, lease.fence, 600_000);
	expect((renewed?.expiresAt.getTime() ?? 0) - lease.expiresAt.getTime()).toBeGreaterThan(500_000);
	expect(await store.renew(key, lease.id, lease.fence + 1, 600_000)).toBeNull();
	expect(await store.renew('another', lease.id, lease.fence, 600_000)).toBeNull();
});

it('goes by the limit of the latest request', async () => {
	await acquire({ count: 3 });
	expect(await acquire({ limit: 4 })).toMatchObject({ granted: true });
	expect(await acquire({ limit: 2 })).toMatchObject({ granted: false, held: 4, limit: 2 });
});

it('says when to ask again: at the first end, or in a second', async () => {
	await acquire({ count: 3 });
	const before = Date.now();
	const far = await acquire();
	if (far.granted) throw new Error('the key is full');
	expect(far.retryAt.getTime()).toBeGreaterThanOrEqual(before + 990);
	expect(far.retryAt.getTime()).toBeLessThanOrEqual(Date.now() + 1_010);
});

it('holds a tenant to its own limit over all keys, however many ask at once', async () => {
	const tenant = `tenant of ${key}`;
	await putQuota(createQuotaStore(database.pool, ownTime(movingClock())), tenant, {
		limit: 1,
		intervalMs: 1,
		concurrent: 4,
		weight: 1,
	});
	const answers = await Promise.all(
		Array.from({ length: 24 }, async (_, index) =>
			acquire({ tenant, tenantLimit: 4, limit: 10 }, `${key} ${index % 3}`),
		),
	);
	expect(answers.filter(({ granted }) => granted)).toHaveLength(4);
	expect(await acquire({ tenant: 'another', tenantLimit: 4, limit: 10 }, `${key} 0`)).toMatchObject(
		{ granted: true },
	);
});
