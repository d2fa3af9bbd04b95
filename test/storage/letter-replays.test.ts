import type { DeadLetter, Replay } from '../../sidecar/dead-letters/dead-letter';
import type { DeadLetterStore } from '../../sidecar/dead-letters/dead-letter-store';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { after, environmentNamed, newLetter } from '../support/dead-letters/letters';
import { failure, lease, retry, success } from '../support/dead-letters/replays';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { rowsRead } from '../support/postgres/rows-read';

let database: FreshDatabase;
let letters: DeadLetterStore;

beforeAll(async () => {
	database = await freshDatabase();
	letters = createDeadLetterStore(database.pool);
	await createEnvironmentStore(database.pool).put(environmentNamed('production'));
});

afterAll(async () => {
	await database.drop();
});

afterEach(async () => {
	await database.pool.query('delete from letter_executions');
	await database.pool.query('delete from replays');
	await database.pool.query('delete from dead_letters');
});

const keep = async (given: Parameters<typeof newLetter>[0] = {}): Promise<DeadLetter> =>
	(await letters.accept(newLetter(given))).letter;

const begin = async (id: string, owner = 'me'): Promise<Replay> => {
	const replay = await letters.beginReplay(id, retry, lease(owner));
	if (!replay) throw new Error('expected the replay to begin');
	return replay;
};
const letLeasesRunOut = async () => {
	await database.pool.query(
		"update dead_letters set lease_expires_at = now() - interval '1 second'",
	);
};

const tables = ['dead_letters', 'replays'];

it('begins one replay when twenty ask at once', async () => {
	const { id } = await keep();
	const asked = Array.from({ length: 20 }, (_, one) =>
		letters.beginReplay(id, { ...retry, requestedBy: `asker ${one}` }, lease(`owner ${one}`)),
	);
	const begun = (await Promise.all(asked)).filter((replay) => replay !== null);
	expect(begun).toMatchObject([{ letterId: id, number: 1, status: 'running', retriedId: null }]);
	expect(await letters.find(id)).toMatchObject({ state: 'replaying', attempts: 1 });
	expect(await letters.replaysOf(id)).toEqual(begun);
});

it('begins none on a letter that is closed, and one on a letter that expired', async () => {
	for (const state of ['resolved', 'discarded'] as const) {
		const { id } = await keep({ state, dedupKey: state, executionIds: [] });
		expect(await letters.beginReplay(id, retry, lease('me'))).toBeNull();
	}
	const { id } = await keep({ state: 'expired', dedupKey: 'expired' });
	expect(await begin(id)).toMatchObject({ number: 1 });
});

it('lets only the first end of a replay count', async () => {
	const { id } = await keep();
	await begin(id);
	expect(await letters.endReplay(id, 1, success)).toBe(true);
	expect(await letters.endReplay(id, 1, failure('51', { state: 'waiting' }))).toBe(false);
	expect(await letters.find(id)).toMatchObject({ state: 'resolved' });
	expect(await letters.replaysOf(id)).toMatchObject([
		{ status: 'succeeded', executionId: '50', finishedAt: after(1000) },
	]);
});

it('lets one of two processes begin, and one end, each of many that both ask for in another order', async () => {
	const kept = await Promise.all(
		Array.from({ length: 200 }, async (_, nth) => {
			return (await keep({ dedupKey: `${nth}`, executionIds: [] })).id;
		}),
	);
	const another = createDeadLetterStore(database.pool);
	const both = async <Answer>(ask: (store: DeadLetterStore, id: string) => Promise<Answer>) => {
		const [ours, theirs] = await Promise.all([
			Promise.all(kept.map(async (id) => await ask(letters, id))),
			Promise.all(kept.toReversed().map(async (id) => await ask(another, id))),
		]);
		return ours.map((answer, nth) => [answer, theirs.toReversed()[nth]].filter(Boolean).length);
	};
	const once = kept.map(() => 1);
	expect(await both(async (store, id) => await store.beginReplay(id, retry, lease('me')))).toEqual(
		once,
	);
	expect(await both(async (store, id) => await store.endReplay(id, 1, success))).toEqual(once);
	for (const id of kept) {
		expect(await letters.find(id)).toMatchObject({ state: 'resolved' });
		expect(await letters.replaysOf(id)).toMatchObject([{ number: 1, status: 'succeeded' }]);
	}
});

it('begins and ends many at once, each as it asked', async () => {
	const ids: string[] = [];
	for (let nth = 0; nth < 20; nth += 1) {
		ids.push((await keep({ dedupKey: `many ${nth}`, executionIds: [] })).id);
	}
	const begun = await Promise.all(
		ids.map(async (id) => await letters.beginReplay(id, { ...retry, requestedBy: id }, lease(id))),
	);
	expect(begun).toMatchObject(ids.map((id) => ({ letterId: id, number: 1, requestedBy: id })));
	const how = (nth: number) =>
		nth % 2 === 0 ? success : failure(`${100 + nth}`, { state: 'scheduled', at: after(nth) });
	const ends = ids.flatMap((id, nth) => [
		letters.endReplay(id, 1, how(nth)),
		letters.endReplay(id, 1, how(nth + 1)),
	]);
	expect(await Promise.all(ends)).toEqual(ids.flatMap(() => [true, false]));
	for (const [nth, id] of ids.entries()) {
		expect(await letters.find(id)).toMatchObject(
			nth % 2 === 0
				? { state: 'resolved', nextReplayAt: null, executionIds: [] }
				: { state: 'scheduled', nextReplayAt: after(nth), executionIds: [`${100 + nth}`] },
		);
	}
});

it.each(['before', 'after'])(
	'reads no letter and no replay but those asked for, with statistics taken %s they came',
	async (taken) => {
		const { id: old } = await keep({ dedupKey: 'old', executionIds: [] });
		const takeStatistics = async () =>
			await database.pool.query('vacuum analyze replays, dead_letters');
		if (taken === 'before') await takeStatistics();
		await database.pool.query(
			`insert into replays (letter_id, number, strategy, status, traceparent, requested_by, started_at)
			select $1, nth, 'redeliver', 'succeeded', '', 'me', now() from generate_series(1, 5000) as nth`,
			[old],
		);
		const { rows: kept } = await database.pool.query<{ id: string }>(
			`insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id, error,
				error_class, severity, failed_input, attempts, occurrences, created_at, updated_at, expires_at)
			select gen_random_uuid(), environment, nth::text, 'waiting', origin, workflow_id, error,
				error_class, severity, failed_input, 0, 1, created_at, updated_at, expires_at
			from dead_letters cross join generate_series(1, 20000) as nth where id = $1 returning id`,
			[old],
		);
		if (taken === 'after') await takeStatistics();
		const ids = kept.slice(0, 300).map(({ id }) => id);
		const client = await database.pool.connect();
		try {
			await client.query('begin');
			const before = await rowsRead(client, tables);
			const own = createDeadLetterStore(client);
			await Promise.all(ids.map(async (id) => await own.beginReplay(id, retry, lease('me'))));
			const ends = ids.map(async (id) => await own.endReplay(id, 1, success));
			expect(await Promise.all(ends)).toEqual(ids.map(() => true));
			expect((await rowsRead(client, tables)) - before).toBeLessThan(10 * ids.length);
		} finally {
			await client.query('rollback');
			client.release();
		}
	},
);

it('counts attempts on and schedules the next one after a failure', async () => {
	const { id } = await keep();
	await begin(id);
	const at = after(120_000);
	await letters.endReplay(id, 1, failure('42', { state: 'scheduled', at }));
	expect(await letters.find(id)).toMatchObject({ state: 'scheduled', nextReplayAt: at });
	await begin(id);
	expect(await letters.find(id)).toMatchObject({ attempts: 2, nextReplayAt: null });
	expect((await letters.replaysOf(id)).map(({ number }) => number)).toEqual([1, 2]);
});

it('remembers the execution of a failed retry as one of the letter, of a redelivery not', async () => {
	const { id } = await keep();
	await begin(id);
	await letters.endReplay(id, 1, failure('42', { state: 'waiting' }));
	const redelivery = { ...retry, strategy: 'redeliver', version: 'live' } as const;
	await letters.beginReplay(id, redelivery, lease('me'));
	await letters.endReplay(id, 2, failure('43', { state: 'waiting' }));
	expect((await letters.find(id))?.executionIds).toEqual(['41', '42']);
});

it('takes no execution for one of the letter that a failed retry was only in doubt about', async () => {
	const { id } = await keep();
	await begin(id);
	await letters.markInDoubt(id, 1, '42');
	await letters.endReplay(id, 1, failure(null, { state: 'waiting' }));
	expect((await letters.find(id))?.executionIds).toEqual(['41']);
	expect(await letters.replaysOf(id)).toMatchObject([{ status: 'failed', executionId: '42' }]);
});

it('writes down a message that holds U+0000', async () => {
	const { id } = await keep();
	await begin(id);
	const end = { ...failure(null, { state: 'waiting' }), message: 'bad byte \u0000' };
	expect(await letters.endReplay(id, 1, end)).toBe(true);
	expect(await letters.replaysOf(id)).toMatchObject([{ message: 'bad byte \ufffd' }]);
});

it('hands a replay whose lease ran out to exactly one of ten takers', async () => {
	const { id } = await keep();
	const replay = await begin(id);
	expect(await letters.takeOverReplays(lease('early'), 10)).toEqual([]);
	await letLeasesRunOut();
	const takers = Array.from({ length: 10 }, (_, one) =>
		letters.takeOverReplays(lease(`taker ${one}`), 10),
	);
	expect((await Promise.all(takers)).flat()).toEqual([replay]);
});

it('lets a former owner neither renew nor go ahead, while the new one may', async () => {
	const { id } = await keep();
	const replay = await begin(id, 'slow');
	await letLeasesRunOut();
	await letters.takeOverReplays(lease('quick'), 10);
	expect(await letters.renewLease(id, lease('slow'))).toBe(false);
	expect(await letters.goAhead(replay, lease('slow'), '41')).toBe(false);
	expect(await letters.goAhead(replay, lease('quick'), '41')).toBe(true);
	expect(await letters.replaysOf(id)).toMatchObject([{ retriedId: '41' }]);
});

it('gives no go-ahead for a replay that has ended', async () => {
	const { id } = await keep();
	const replay = await begin(id);
	await letters.endReplay(id, 1, failure(null, { state: 'waiting' }));
	expect(await letters.goAhead(replay, lease('me'), '41')).toBe(false);
});

it('keeps a replay in doubt open, with the execution it may have become', async () => {
	const { id } = await keep();
	await begin(id);
	await letters.markInDoubt(id, 1, '42');
	await letters.markInDoubt(id, 1, null);
	expect(await letters.replaysOf(id)).toMatchObject([{ status: 'in-doubt', executionId: '42' }]);
	expect(await letters.endReplay(id, 1, { ...success, executionId: null })).toBe(true);
	expect(await letters.replaysOf(id)).toMatchObject([{ status: 'succeeded', executionId: '42' }]);
});
