import { restoreLetter } from '../../sidecar/dead-letters/restore-letter';
import { after, newLetter, noon } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';

let room: ReplayRoom;

beforeAll(async () => {
	room = await replayRoom('production', 'staging');
});

afterAll(async () => {
	await room.database.drop();
});

afterEach(async () => {
	await room.empty();
});

// What JSON can hold and Postgres' texts cannot, a key in an odd order, and much of it.
const payload = { z: 1, a: 'null \0 byte', big: 'order '.repeat(20_000) };
const trigger = { node: 'Webhook', items: [{ json: payload }] };
const keep = async (given: Parameters<typeof newLetter>[0] = {}) =>
	(await room.ports.letters.accept(newLetter({ trigger, expiresAt: noon, ...given }))).letter;
const sizes = async () => {
	const { rows } = await room.database.pool.query<{ id: string; row: number; packed: number }>(
		`select letter.id, coalesce(length(letter.trigger::text), 0) as row, length(archive.content) as packed
		from dead_letters as letter join letter_archive as archive on archive.letter_id = letter.id`,
	);
	return rows;
};

it('packs an expired letter and shows it as it was', async () => {
	const { letters } = room.ports;
	const kept = await keep();
	await keep({ environment: 'staging', executionId: '42' });
	const young = await keep({ executionId: '43', expiresAt: after(1) });
	expect(await letters.expire(noon)).toEqual([
		{ environment: 'production', letters: 1 },
		{ environment: 'staging', letters: 1 },
	]);
	const packed = (await sizes()).find(({ id }) => id === kept.id);
	expect(packed).toMatchObject({ row: 0 });
	expect(packed?.packed).toBeLessThan(JSON.stringify(trigger).length / 20);
	expect(await letters.find(kept.id)).toEqual({
		...kept,
		state: 'expired',
		updatedAt: noon,
		archivedAt: noon,
	});
	expect((await letters.find(young.id))?.archivedAt).toBeNull();
	expect(await letters.expire(after(60_000))).toEqual([{ environment: 'production', letters: 1 }]);
});

it('packs what an older replica has only marked as expired', async () => {
	const kept = await keep({ state: 'expired' });
	expect(await room.ports.letters.expire(noon)).toEqual([]);
	expect(await sizes()).toMatchObject([{ id: kept.id, row: 0 }]);
	expect((await room.ports.letters.find(kept.id))?.trigger).toEqual(trigger);
});

it('restores a letter, which waits with its payload for another time to live', async () => {
	const kept = await keep();
	await room.ports.letters.expire(noon);
	const restored = await restoreLetter(room.ports, kept.id, 'anna');
	expect(restored).toEqual({
		...kept,
		updatedAt: noon,
		expiresAt: after(86_400_000),
		note: 'Restored by anna.',
	});
	expect(await sizes()).toEqual([]);
	await expect(restoreLetter(room.ports, kept.id, 'anna')).rejects.toMatchObject({
		code: 'dead_letter_not_archived',
	});
});

it('keeps the payload of a letter that expires a second time after a replay in vain', async () => {
	const { letters } = room.ports;
	const { id } = await keep();
	await letters.expire(noon);
	const lease = { owner: 'me', ttlMs: 60_000 };
	const order = { strategy: 'redeliver', version: 'live', requestedBy: 'me' } as const;
	const replay = await letters.beginReplay(
		id,
		{ ...order, traceparent: room.ports.newTraceparent(), startedAt: noon },
		lease,
	);
	expect((await letters.find(id))?.trigger).toEqual(trigger);
	await letters.endReplay(id, replay?.number ?? 0, {
		status: 'failed',
		executionId: null,
		message: 'no',
		finishedAt: noon,
		letter: { state: 'waiting' },
	});
	expect(await letters.expire(after(1))).toEqual([{ environment: 'production', letters: 1 }]);
	expect(await letters.find(id)).toMatchObject({ state: 'expired', trigger });
	expect(await sizes()).toHaveLength(1);
});

it('removes what is over for long enough, and nothing that waits or is part of a bulk replay', async () => {
	const { letters } = room.ports;
	const old = await keep();
	await letters.expire(noon);
	const done = await keep({ state: 'resolved', executionId: '42' });
	const waits = await keep({ executionId: '43', expiresAt: after(1) });
	const later = after(90 * 86_400_000);
	const { rows } = await room.database.pool.query<{ id: string }>(
		`insert into bulk_replays (id, environment, filter, strategy, rate, state, requested_by, judged_from, created_at)
		values (gen_random_uuid(), 'production', '{}', 'redeliver', 1, 'running', 'me', now(), now()) returning id`,
	);
	await room.database.pool.query(
		'insert into bulk_replay_letters (bulk_id, letter_id) values ($1, $2)',
		[rows[0]?.id, old.id],
	);
	expect(await letters.purge(noon, 10)).toBe(0);
	expect(await letters.purge(later, 10)).toBe(1);
	expect(await letters.find(done.id)).toBeNull();
	await room.database.pool.query("update bulk_replay_letters set state = 'succeeded'");
	expect(await letters.purge(later, 10)).toBe(1);
	expect(await letters.find(old.id)).toBeNull();
	expect(await letters.find(waits.id)).not.toBeNull();
	await room.database.pool.query('delete from bulk_replays');
});
