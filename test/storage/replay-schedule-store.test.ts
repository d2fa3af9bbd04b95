import type { ScheduleOrder } from '../../sidecar/dead-letters/schedules/replay-schedule';
import type { ReplayScheduleStore } from '../../sidecar/dead-letters/schedules/schedule-store';
import { putSchedule } from '../../sidecar/dead-letters/schedules/put-schedule';
import { runSchedules } from '../../sidecar/dead-letters/schedules/run-schedules';
import { nextCron } from '../../sidecar/kernel/cron';
import { createBulkReplayStore } from '../../sidecar/storage/bulk-replay-store';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { createReplayScheduleStore } from '../../sidecar/storage/replay-schedule-store';
import { after, newLetter, noon } from '../support/dead-letters/letters';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';
import { quietLog } from '../support/postgres/quiet-log';

let room: ReplayRoom;
let otherPool: Pool;

const moveTo = (at: Date) => {
	const { clock } = room.ports;
	clock.pass(at.getTime() - clock.now().getTime());
};

beforeAll(async () => {
	room = await replayRoom('production', 'staging');
	otherPool = createPool(room.database.connectionString, { log: quietLog() });
});

afterAll(async () => {
	await otherPool.end();
	await room.database.drop();
});

afterEach(async () => {
	const { pool } = room.database;
	await pool.query('delete from replay_schedules');
	await pool.query('delete from bulk_replay_letters');
	await pool.query('update replays set bulk_id = null');
	await pool.query('delete from bulk_replays');
	await room.empty();
	moveTo(noon);
});

const minute = 60_000;
const order: ScheduleOrder = {
	filter: { environment: 'production' },
	strategy: 'redeliver',
	version: 'live',
	rate: 1,
	liveRatio: null,
	quietHours: null,
	circuit: 'receipts',
	rateLimit: null,
	cron: '* * * * *',
	timeZone: 'UTC',
	ladderMs: null,
	enabled: true,
};
/** Each minute, by the clock of the test. */
const ports = (pool: Pool = room.database.pool) => ({
	...room.ports,
	bulks: createBulkReplayStore(pool),
	schedules: createReplayScheduleStore(pool) as ReplayScheduleStore,
	nextRun: () => new Date(room.ports.clock.now().getTime() + minute),
});
const put = async (given: Partial<ScheduleOrder> = {}, name = 'nightly') =>
	(await putSchedule(ports(), name, { ...order, ...given })).schedule;
const bulks = async () => await ports().bulks.list({}, { limit: 99, after: null });
const keep = async (executionId: string, given: Parameters<typeof newLetter>[0] = {}) =>
	(await room.ports.letters.accept(newLetter({ executionId, ...given }))).letter;
const runAt = async (ms: number, pool?: Pool) => {
	moveTo(after(ms));
	await runSchedules(ports(pool));
};

it('keeps, changes, lists and removes schedules; one that rests has no next time', async () => {
	const first = await put({ ladderMs: [1_000, 2_000] });
	expect(first).toMatchObject({ ...order, ladderMs: [1_000, 2_000], nextRunAt: after(minute) });
	expect(await put({ enabled: false })).toMatchObject({ enabled: false, nextRunAt: null });
	await put({ filter: { environment: 'staging', errorClass: 'quota' } }, 'another');
	const { schedules } = ports();
	const names = async (environment?: string) =>
		(await schedules.list(environment ? { environment } : {}, { limit: 9, after: null })).map(
			({ name }) => name,
		);
	expect(await names()).toEqual(['another', 'nightly']);
	expect(await names('staging')).toEqual(['another']);
	expect(await schedules.remove('another')).toBe(true);
	expect(await schedules.remove('another')).toBe(false);
	await runAt(10 * minute);
	expect(await bulks()).toEqual([]);
});

it('keeps what it is told to while others remove it, and tells what it has kept', async () => {
	const { schedules } = ports(otherPool);
	for (let round = 0; round < 50; round += 1) {
		const kept = Array.from({ length: 5 }, async () => await put({ rate: 2 }));
		const removed = Array.from({ length: 5 }, async () => await schedules.remove('nightly'));
		for (const schedule of await Promise.all(kept)) expect(schedule).toMatchObject({ rate: 2 });
		await Promise.all(removed);
	}
});

it('starts one bulk replay, however many replicas find it due at once', async () => {
	await keep('1');
	await put();
	await runAt(0);
	expect(await bulks()).toEqual([]);
	moveTo(after(minute));
	const replicas = [room.database.pool, otherPool, room.database.pool, otherPool];
	await Promise.all(replicas.map(async (pool) => await runSchedules(ports(pool))));
	const [bulk, ...more] = await bulks();
	expect(more).toEqual([]);
	expect(bulk).toMatchObject({ requestedBy: 'schedule nightly', counts: { total: 1 } });
	expect(await ports().schedules.find('nightly')).toMatchObject({
		lastRunAt: after(minute),
		lastOutcome: 'started',
		lastReplayId: bulk?.id,
		nextRunAt: after(2 * minute),
	});
});

it('starts none while the last is not over, and none where nothing is selected', async () => {
	await put();
	await runAt(minute);
	const standing = async () => (await ports().schedules.find('nightly'))?.lastOutcome;
	expect(await standing()).toBe('nothing-to-replay');
	await keep('1');
	await runAt(2 * minute);
	await runAt(3 * minute);
	expect(await standing()).toBe('still-running');
	expect(await bulks()).toHaveLength(1);
	await room.database.pool.query("update bulk_replays set state = 'finished'");
	await runAt(4 * minute);
	expect(await bulks()).toHaveLength(2);
});

it('makes up once, after the quiet hours, for the times within them', async () => {
	await keep('1');
	await put({ quietHours: { from: '12:00', to: '13:30', timeZone: 'UTC' } });
	await runAt(minute);
	await runAt(2 * minute);
	expect(await bulks()).toEqual([]);
	expect((await ports().schedules.find('nightly'))?.nextRunAt).toEqual(after(90 * minute));
	await runAt(90 * minute);
	expect(await bulks()).toHaveLength(1);
});

it('replays a letter by its ladder, and leaves it alone after the last step', async () => {
	const [fresh, once, spent] = [await keep('1'), await keep('2'), await keep('3')];
	const failedAt = async (id: string, attempts: number, at: Date) => {
		await room.database.pool.query('update dead_letters set attempts = $2 where id = $1', [
			id,
			attempts,
		]);
		await room.database.pool.query(
			`insert into replays (letter_id, number, strategy, status, traceparent, requested_by, started_at, finished_at)
			values ($1, $2, 'redeliver', 'failed', 't', 'me', $3, $3)`,
			[id, attempts, at],
		);
	};
	await failedAt(once.id, 1, after(4 * minute));
	await failedAt(spent.id, 2, noon);
	await put({ ladderMs: [2 * minute, 10 * minute] });
	const selected = async () => {
		const { rows } = await room.database.pool.query<{ letter_id: string }>(
			'select letter_id from bulk_replay_letters order by letter_id',
		);
		await room.database.pool.query('delete from bulk_replay_letters');
		await room.database.pool.query("update bulk_replays set state = 'finished'");
		return rows.map((row) => row.letter_id);
	};
	await runAt(minute);
	expect(await selected()).toEqual([]);
	await runAt(3 * minute);
	expect(await selected()).toEqual([fresh.id]);
	await runAt(13 * minute);
	expect(await selected()).toEqual([fresh.id]);
	await runAt(14 * minute);
	expect(await selected()).toEqual([fresh.id, once.id].sort());
});

it('reads cron expressions by the clock of a time zone', () => {
	const wall = (timeZone: string) =>
		new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(
			nextCron('30 3 * * *', timeZone) ?? undefined,
		);
	for (const zone of ['UTC', 'Europe/Vienna', 'Asia/Kathmandu']) expect(wall(zone)).toBe('03:30');
});
