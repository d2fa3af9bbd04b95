import type { IdempotencyStore } from '../../sidecar/http/idempotency-store';
import { createIdempotencyStore } from '../../sidecar/storage/idempotency-store';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let store: IdempotencyStore;
const key = { tokenId: 'token-1', key: 'order-7' };
const request = { ...key, requestHash: 'hash-a' };

beforeAll(async () => {
	database = await freshDatabase();
	store = createIdempotencyStore(database.pool);
});

afterAll(async () => {
	await database.drop();
});

afterEach(async () => {
	await database.pool.query('delete from idempotency_keys');
});

const letSecondsPass = async (seconds: number) => {
	await database.pool.query(
		'update idempotency_keys set claimed_at = claimed_at - make_interval(secs => $1)',
		[seconds],
	);
};

it('gives the work to exactly one of twenty requests that come at once', async () => {
	const claims = await Promise.all(Array.from({ length: 20 }, () => store.begin(request)));
	expect(claims.filter(({ status }) => status === 'new')).toHaveLength(1);
	expect(claims.filter(({ status }) => status === 'in-progress')).toHaveLength(19);
});

it('gives the first answer back, keys in their order', async () => {
	await store.begin(request);
	await store.finish({ ...key, response: { status: 201, body: { z: 1, a: ['\u0000'] } } });
	const claim = await store.begin(request);
	expect(claim).toEqual({
		status: 'done',
		response: { status: 201, body: { z: 1, a: ['\u0000'] } },
	});
	expect(JSON.stringify(claim)).toContain('{"z":1,"a":');
});

it.each([null, 'text', 0, false, []])('keeps the body %j as it is', async (body) => {
	await store.begin(request);
	await store.finish({ ...key, response: { status: 200, body } });
	expect(await store.begin(request)).toEqual({ status: 'done', response: { status: 200, body } });
});

it('refuses a different request under the same key, finished or not', async () => {
	const other = { ...key, requestHash: 'hash-b' };
	await store.begin(request);
	expect(await store.begin(other)).toEqual({ status: 'mismatch' });
	await letSecondsPass(61);
	expect(await store.begin(other)).toEqual({ status: 'mismatch' });
	await store.finish({ ...key, response: { status: 200, body: null } });
	expect(await store.begin(other)).toEqual({ status: 'mismatch' });
});

it('lets two tokens use the same key', async () => {
	await store.begin(request);
	expect(await store.begin({ ...request, tokenId: 'token-2' })).toEqual({ status: 'new' });
});

it('hands the key of a crashed request to one other after 60 seconds, not before', async () => {
	await store.begin(request);
	await letSecondsPass(55);
	expect(await store.begin(request)).toEqual({ status: 'in-progress' });
	await letSecondsPass(6);
	const claims = await Promise.all([store.begin(request), store.begin(request)]);
	expect(claims.map(({ status }) => status).sort()).toEqual(['in-progress', 'new']);
});

it('keeps the first answer when the slow request ends after all', async () => {
	await store.begin(request);
	await store.finish({ ...key, response: { status: 201, body: 'first' } });
	await store.finish({ ...key, response: { status: 201, body: 'second' } });
	expect(await store.begin(request)).toMatchObject({ response: { body: 'first' } });
});

it('frees an abandoned key, but not a finished one', async () => {
	await store.begin(request);
	await store.abandon(key);
	expect(await store.begin(request)).toEqual({ status: 'new' });
	await store.finish({ ...key, response: { status: 200, body: null } });
	await store.abandon(key);
	expect(await store.begin(request)).toMatchObject({ status: 'done' });
});

it('forgets what is older than asked, and nothing else', async () => {
	await store.begin(request);
	await letSecondsPass(3600);
	await store.begin({ ...request, key: 'order-8' });
	const { rows } = await database.pool.query<{ then: Date }>(
		"select now() - interval '30 minutes' as then",
	);
	expect(await store.purge(rows[0]?.then ?? new Date(0))).toBe(1);
	expect(await store.begin(request)).toEqual({ status: 'new' });
	expect(await store.begin({ ...request, key: 'order-8' })).toEqual({ status: 'in-progress' });
});
