import { createLeaseStore } from '../../sidecar/storage/lease-store';
import type { LeaseStore } from '../../sidecar/jobs/lease';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let leases: LeaseStore;

beforeAll(async () => {
	database = await freshDatabase();
	leases = createLeaseStore(database.pool);
});

afterAll(async () => {
	await database.drop();
});

afterEach(async () => {
	await database.pool.query('delete from leases');
});

const letLeasesRunOut = async () => {
	await database.pool.query("update leases set expires_at = now() - interval '1 second'");
};

it('gives a lease to exactly one of twenty who ask at once', async () => {
	const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
	const answers = await Promise.all(owners.map((owner) => leases.acquire('job', owner, 60_000)));
	expect(answers.filter((answer) => answer !== null)).toEqual([{ fence: 1 }]);
});

it('gives a lease that ran out to exactly one of twenty, with a higher fence', async () => {
	await leases.acquire('job', 'first', 60_000);
	await letLeasesRunOut();
	const owners = Array.from({ length: 20 }, (_, index) => `owner-${index}`);
	const answers = await Promise.all(owners.map((owner) => leases.acquire('job', owner, 60_000)));
	expect(answers.filter((answer) => answer !== null)).toEqual([{ fence: 2 }]);
});

it('holds a lease even against another call of its owner', async () => {
	await leases.acquire('job', 'me', 60_000);
	expect(await leases.acquire('job', 'me', 60_000)).toBeNull();
});

it('keeps leases of different names apart', async () => {
	await leases.acquire('job', 'me', 60_000);
	expect(await leases.acquire('other', 'you', 60_000)).toEqual({ fence: 1 });
});

it('never gives the same fence twice, whether released or run out', async () => {
	const fences: Array<number | undefined> = [];
	for (let round = 0; round < 3; round += 1) {
		const lease = await leases.acquire('job', 'me', 60_000);
		fences.push(lease?.fence);
		await leases.release('job', 'me', lease?.fence ?? 0);
		fences.push((await leases.acquire('job', 'you', 60_000))?.fence);
		await letLeasesRunOut();
	}
	expect(fences).toEqual([1, 2, 3, 4, 5, 6]);
});

it('prolongs a lease from now on', async () => {
	await leases.acquire('job', 'me', 1_000);
	expect(await leases.renew('job', 'me', 1, 600_000)).toBe(true);
	const { rows } = await database.pool.query<{ seconds: string }>(
		'select extract(epoch from leases.expires_at - now())::float8 as seconds from leases',
	);
	expect(Number(rows[0]?.seconds)).toBeGreaterThan(590);
});

it('does not prolong a lease that ran out, though nobody took it', async () => {
	await leases.acquire('job', 'me', 60_000);
	await letLeasesRunOut();
	expect(await leases.renew('job', 'me', 1, 60_000)).toBe(false);
});

it('does not let a former owner prolong or free what another one took over', async () => {
	await leases.acquire('job', 'slow', 60_000);
	await letLeasesRunOut();
	await leases.acquire('job', 'quick', 60_000);
	expect(await leases.renew('job', 'slow', 1, 60_000)).toBe(false);
	await leases.release('job', 'slow', 1);
	expect(await leases.acquire('job', 'third', 60_000)).toBeNull();
	expect(await leases.renew('job', 'quick', 2, 60_000)).toBe(true);
});

it('does not take an owner with an old fence for the present one', async () => {
	await leases.acquire('job', 'me', 60_000);
	await letLeasesRunOut();
	await leases.acquire('job', 'me', 60_000);
	expect(await leases.renew('job', 'me', 1, 60_000)).toBe(false);
	await leases.release('job', 'me', 1);
	expect(await leases.renew('job', 'me', 2, 60_000)).toBe(true);
});

it('is free again at once after its release', async () => {
	await leases.acquire('job', 'me', 60_000);
	await leases.release('job', 'me', 1);
	expect(await leases.acquire('job', 'you', 60_000)).toEqual({ fence: 2 });
});
