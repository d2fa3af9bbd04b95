import { createHash } from 'node:crypto';
import { newId } from '../../sidecar/kernel/ids';
import type { NewParked, ParkedStore } from '../../sidecar/parking/parked-store';
import { createParkedStore } from '../../sidecar/storage/parked-store';
import { until } from '../support/n8n/until';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let store: ParkedStore;
let environment = '';
let nth = 0;

beforeAll(async () => {
	database = await freshDatabase();
	store = createParkedStore(database.pool);
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	environment = `parked-${(nth += 1)}`;
	await addEnvironment(database.pool, environment);
});

const ticket = (given: Partial<NewParked> = {}): NewParked => ({
	id: newId(),
	environment,
	executionId: '4711',
	tokenDigest: createHash('sha256').update('token').digest(),
	sealedToken: 'sealed',
	nodeId: 'gate',
	visit: 0,
	workflowId: null,
	joinId: null,
	wake: { inMs: 0 },
	...given,
});
const many = async (count: number, wake: NewParked['wake'] = { inMs: 0 }) => {
	for (let visit = 0; visit < count; visit += 1) await store.park(ticket({ visit, wake }));
};
const claim = async (limit = 100, owner = 'me', leaseMs = 60_000) =>
	await store.claim(environment, { owner, leaseMs, limit });
const theOne = async () => {
	const [one] = await claim();
	if (!one) throw new Error('expected one that is due');
	return one;
};

it('takes a ticket twice as one, which gets the new time', async () => {
	const first = await store.park(ticket({ wake: { inMs: 3_600_000 } }));
	expect(first).toMatchObject({ created: true, parked: { state: 'parked', attempts: 0 } });
	const again = await store.park(ticket({ wake: { inMs: 0 } }));
	expect(again).toMatchObject({ created: false, parked: { id: first.parked.id } });
	expect(await claim()).toHaveLength(1);
	for (const other of [
		{ visit: 1 },
		{ nodeId: 'other' },
		{ executionId: '4712' },
		{ tokenDigest: createHash('sha256').update('other').digest() },
	]) {
		expect(await store.park(ticket(other))).toMatchObject({ created: true });
	}
});

it('leaves a ticket alone that is being resumed or was, and takes up one that was gone', async () => {
	await store.park(ticket());
	const one = await theOne();
	const later = { wake: { inMs: 3_600_000 } };
	expect(await store.park(ticket(later))).toMatchObject({ parked: { state: 'resuming' } });
	await store.settle(one.id, one.fence, { state: 'resumed' });
	expect(await store.park(ticket(later))).toMatchObject({
		created: false,
		parked: { state: 'resumed', dueAt: null },
	});
	await store.park(ticket({ visit: 1 }));
	const other = await theOne();
	await store.settle(other.id, other.fence, { state: 'gone', because: 'moved-on' });
	expect(await store.park(ticket({ visit: 1 }))).toMatchObject({
		parked: { id: other.id, state: 'parked', goneBecause: null, settledAt: null },
	});
});

it('gives out what is due, longest due first, and nothing before its time', async () => {
	const now = Date.now();
	for (const [visit, ago] of [1_000, 3_000, 2_000, -3_600_000].entries()) {
		await store.park(ticket({ visit, wake: { at: new Date(now - ago) } }));
	}
	expect((await claim()).map(({ visit }) => visit)).toEqual([1, 2, 0]);
	const upcoming = await store.upcoming();
	expect(upcoming.filter((one) => one.environment === environment)).toEqual([
		{ environment, inMs: expect.any(Number) },
	]);
	expect(await claim()).toEqual([]);
});

it('says when the next one is due, in the time of the database', async () => {
	await store.park(ticket({ wake: { inMs: 3_600_000 } }));
	const [next] = (await store.upcoming()).filter((one) => one.environment === environment);
	expect(next?.inMs).toBeGreaterThan(3_000_000);
	expect(next?.inMs).toBeLessThanOrEqual(3_600_000);
});

it('gives each to one of many who ask at once', async () => {
	await many(60);
	const claims = await Promise.all(
		Array.from({ length: 12 }, async (_, index) => await claim(10, `owner-${index}`)),
	);
	const ids = [...claims.flat(), ...(await claim())].map(({ id }) => id);
	expect(ids).toHaveLength(60);
	expect(new Set(ids).size).toBe(60);
});

it('gives what a dead process held to another, and takes no word of the dead any more', async () => {
	await store.park(ticket());
	const [held] = await claim(1, 'dead', 1);
	const [taken] = await until('the lease to run out', async () => {
		const found = await claim(1, 'alive');
		return found.length > 0 ? found : undefined;
	});
	expect([held?.inDoubt, taken?.inDoubt, taken?.attempts]).toEqual([false, true, 2]);
	expect(await store.settle(taken!.id, held!.fence, { state: 'resumed' })).toBeNull();
	expect(await store.find(taken!.id)).toMatchObject({ state: 'resuming' });
	expect(await store.settle(taken!.id, taken!.fence, { state: 'resumed' })).not.toBeNull();
});

it('keeps what is renewed, and renews nothing of others', async () => {
	await many(2);
	const [mine] = await claim(1, 'me', 1);
	await store.renew([mine!.id], 'me', 60_000);
	const [theirs] = await claim(1, 'they', 1);
	await store.renew([theirs!.id], 'me', 60_000);
	const taken = await until('the lease of the other to run out', async () => {
		const found = await claim(2, 'third');
		return found.length > 0 ? found : undefined;
	});
	expect(taken.map(({ id }) => id)).toEqual([theirs?.id]);
});

it('puts off what could not be woken, and remembers a doubt', async () => {
	await store.park(ticket());
	const first = await theOne();
	const again = { state: 'parked', inMs: 0, trouble: 'slow\0', inDoubt: true } as const;
	const settled = await store.settle(first.id, first.fence, again);
	expect(settled?.lateMs).toBeGreaterThanOrEqual(0);
	const second = await theOne();
	expect(second).toMatchObject({ attempts: 2, inDoubt: true, trouble: 'slow\u{fffd}' });
	await store.settle(second.id, second.fence, { ...again, inMs: 3_600_000, inDoubt: false });
	expect(await claim()).toEqual([]);
	expect(await store.find(first.id)).toMatchObject({ inDoubt: true, settledAt: null });
});

it('takes back only what waits', async () => {
	const { parked } = await store.park(ticket({ wake: { inMs: 3_600_000 } }));
	expect(await store.cancel(parked.id)).toMatchObject({ state: 'cancelled', dueAt: null });
	expect(await store.cancel(parked.id)).toBeNull();
	await store.park(ticket({ visit: 1 }));
	const one = await theOne();
	expect(await store.cancel(one.id)).toBeNull();
	expect(await store.cancel(newId())).toBeNull();
});

it('lists newest first by what is asked for, counts, and forgets what was settled long ago', async () => {
	await many(3, { inMs: 3_600_000 });
	await store.park(ticket({ visit: 9, executionId: '9', workflowId: 'orders' }));
	const one = await theOne();
	await store.settle(one.id, one.fence, { state: 'resumed' });
	const page = { limit: 2, after: null };
	const visits = async (filter: object, after: string | null = null) =>
		(await store.list({ environment, ...filter }, { ...page, after })).map(({ visit }) => visit);
	expect(await visits({})).toEqual([9, 2]);
	expect(await visits({}, one.id)).toEqual([2, 1]);
	expect(await visits({ state: 'resumed' })).toEqual([9]);
	expect(await visits({ executionId: '9', workflowId: 'orders' })).toEqual([9]);
	expect(await visits({ executionId: '9', workflowId: 'other' })).toEqual([]);
	const counts = (await store.count()).filter((count) => count.environment === environment);
	expect(counts).toEqual([
		{ environment, state: 'parked', parked: 3 },
		{ environment, state: 'resumed', parked: 1 },
	]);
	await store.purge(new Date(Date.now() - 3_600_000));
	expect(await store.find(one.id)).not.toBeNull();
	await store.purge(new Date(Date.now() + 3_600_000));
	expect(await store.find(one.id)).toBeNull();
	expect(await visits({})).toEqual([2, 1]);
});
