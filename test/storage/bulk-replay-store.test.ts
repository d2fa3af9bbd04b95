import type {
	BulkFilter,
	BulkOrder,
	BulkReplay,
} from '../../sidecar/dead-letters/bulk/bulk-replay';
import type { BulkReplayStore } from '../../sidecar/dead-letters/bulk/bulk-replay-store';
import type { LimitPorts } from '../../sidecar/dead-letters/bulk/hold-to-limits';
import { keepPace } from '../../sidecar/dead-letters/bulk/keep-pace';
import { workOffBulkReplays } from '../../sidecar/dead-letters/bulk/work-off';
import { nameIncidents } from '../../sidecar/dead-letters/name-incidents';
import { newId } from '../../sidecar/kernel/ids';
import { createBulkReplayStore } from '../../sidecar/storage/bulk-replay-store';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { quietLog } from '../support/postgres/quiet-log';
import { after, newLetter, noon } from '../support/dead-letters/letters';
import { execution, refusal } from '../support/dead-letters/fake-engine';
import { replayRoom, type ReplayRoom } from '../support/dead-letters/replay-room';

let room: ReplayRoom;
let bulks: BulkReplayStore;
let otherPool: Pool;

const moveTo = (at: Date) => {
	const { clock } = room.ports;
	clock.pass(at.getTime() - clock.now().getTime());
};

beforeAll(async () => {
	room = await replayRoom('production', 'staging');
	bulks = createBulkReplayStore(room.database.pool);
	otherPool = createPool(room.database.connectionString, { log: quietLog() });
});

afterAll(async () => {
	await otherPool.end();
	await room.database.drop();
});

afterEach(async () => {
	await room.settled();
	await room.database.pool.query('delete from bulk_replay_letters');
	await room.database.pool.query('update replays set bulk_id = null');
	await room.database.pool.query('delete from bulk_replays');
	await room.empty();
});

const keep = async (given: Parameters<typeof newLetter>[0] = {}) => {
	const executionId = given.executionId ?? String(Math.floor(Math.random() * 1e12));
	return (await room.ports.letters.accept(newLetter({ ...given, executionId }))).letter;
};
const keepMany = async (count: number) =>
	await Promise.all(Array.from({ length: count }, async () => await keep()));
const start = async (
	filter: Partial<BulkFilter> = {},
	rate = 100,
	more: Partial<BulkOrder> = {},
): Promise<BulkReplay> =>
	await bulks.create({
		filter: { environment: 'production', ...filter },
		strategy: 'retry',
		version: null,
		rate,
		liveRatio: null,
		quietHours: null,
		circuit: null,
		rateLimit: null,
		id: newId(),
		requestedBy: 'me',
		createdAt: noon,
		...more,
	});
const never: LimitPorts['admit'] = async () => await Promise.reject(new Error('nobody was to ask'));
const ports = (admit = never) => ({ ...room.ports, bulks, admit });
/** As if a second went by. */
const letTimePass = async () => {
	await room.database.pool.query(
		"update bulk_replays set next_at = clock_timestamp() - interval '1 second'",
	);
};
const round = async (admit = never) => {
	await letTimePass();
	await workOffBulkReplays(ports(admit));
	await room.settled();
};
const known = (letters: Array<{ executionId: string | null }>) => {
	const engine = room.engines.get('production');
	if (!engine) throw new Error('expected an engine');
	engine.executions.get = async (id) => {
		return letters.some(({ executionId }) => executionId === id)
			? execution(id)
			: await Promise.reject(refusal('execution_not_found'));
	};
	return engine;
};

it('selects by every condition, and counts the same in a preview, which writes nothing', async () => {
	const error = { node: 'Pay', name: 'Error', message: 'no', description: null, httpStatus: null };
	const incident = 'a'.repeat(32);
	const wanted = await keep({ error, errorClass: 'data', incident, createdAt: after(5000) });
	await keep({ workflowId: 'receipts' });
	await keep({ state: 'expired' });
	await keep({ environment: 'staging', error, errorClass: 'data', incident });
	const filters: Array<[Partial<BulkFilter>, number]> = [
		[{}, 2],
		[{ workflow: 'orders' }, 1],
		[{ state: 'expired' }, 1],
		[{ errorClass: 'data' }, 1],
		[{ fingerprint: incident }, 1],
		[{ node: 'Pay' }, 1],
		[{ createdFrom: after(1) }, 1],
		[{ createdTo: after(1) }, 1],
		[{ ids: [wanted.id] }, 1],
		[{ ids: [wanted.id], node: 'Work' }, 0],
	];
	for (const [filter, letters] of filters) {
		const preview = await bulks.preview({ environment: 'production', ...filter });
		expect([filter, preview.reduce((sum, row) => sum + row.letters, 0)]).toEqual([filter, letters]);
	}
	expect(await bulks.list({}, { limit: 9, after: null })).toEqual([]);
	for (const [filter, letters] of filters) {
		expect((await start(filter)).counts).toMatchObject({ total: letters, waiting: letters });
	}
});

it('keeps a filter with its times', async () => {
	const filter = { environment: 'production', createdFrom: noon, createdTo: after(5), node: 'X' };
	expect((await bulks.find((await start(filter)).id))?.filter).toEqual(filter);
});

it('gives each letter to one of two replicas that ask at once, at most 20 at a time', async () => {
	await keepMany(30);
	const { id } = await start();
	const other = createBulkReplayStore(otherPool);
	const seen: string[] = [];
	for (let asked = 0; asked < 4; asked += 1) {
		await letTimePass();
		const limits = { atOnce: 20, ttlMs: 60_000 };
		const claims = [bulks, other, bulks, other].map((store) => store.claim(id, limits));
		seen.push(...(await Promise.all(claims)).flat());
	}
	expect(seen).toHaveLength(20);
	expect(new Set(seen).size).toBe(20);
});

it('paces by the rate and makes up for no pause', async () => {
	await keepMany(10);
	const { id } = await start({}, 0.01);
	const claim = async () => (await bulks.claim(id, { atOnce: 20, ttlMs: 60_000 })).length;
	await room.database.pool.query(
		"update bulk_replays set next_at = clock_timestamp() - interval '1 day'",
	);
	expect([await claim(), await claim()]).toEqual([1, 0]);
	await room.database.pool.query(
		"update bulk_replays set rate = 3, next_at = clock_timestamp() - interval '1 day'",
	);
	expect(await claim()).toBe(4);
});

it('works everything off, writes down what came of it and finishes', async () => {
	const letters = await keepMany(5);
	const engine = known(letters);
	const { id } = await start();
	await room.ports.letters.move(letters[0]?.id ?? '', ['waiting'], 'discarded', 'no', noon);
	await round();
	await round();
	expect(await bulks.find(id)).toMatchObject({
		state: 'finished',
		counts: { total: 5, waiting: 0, replaying: 0, succeeded: 4, failed: 0, skipped: 1 },
	});
	expect(await bulks.tallies(id)).toEqual([
		{ result: 'skipped', letters: 1, message: expect.stringContaining('is discarded') as string },
	]);
	expect(engine.asked.filter((what) => what.startsWith('retry '))).toHaveLength(4);
});

it('gives back what a killed process had only taken, and never again what it had begun', async () => {
	const letters = await keepMany(2);
	const engine = known(letters);
	const { id } = await start();
	await letTimePass();
	const [begun = ''] = await bulks.claim(id, { atOnce: 20, ttlMs: 0 });
	await room.ports.letters.beginReplay(
		begun,
		{
			strategy: 'retry',
			version: null,
			traceparent: '00-1-1-01',
			requestedBy: 'me',
			startedAt: noon,
			bulkId: id,
		},
		{ owner: 'dead', ttlMs: 60_000 },
	);
	await round();
	await round();
	expect(await bulks.find(id)).toMatchObject({
		state: 'running',
		counts: { replaying: 1, succeeded: 1 },
	});
	// The replay ends as failed; the letter is open again, and this bulk replay is through with it.
	await room.ports.letters.endReplay(begun, 1, {
		status: 'failed',
		executionId: null,
		message: 'lost',
		finishedAt: noon,
		letter: { state: 'waiting' },
	});
	await round();
	await round();
	expect(await bulks.find(id)).toMatchObject({ state: 'finished', counts: { failed: 1 } });
	expect(engine.asked.filter((what) => what.startsWith('retry '))).toHaveLength(1);
	const again = await room.ports.letters.beginReplay(
		begun,
		{
			strategy: 'retry',
			version: null,
			traceparent: '00-1-2-01',
			requestedBy: 'me',
			startedAt: noon,
			bulkId: id,
		},
		{ owner: 'late', ttlMs: 60_000 },
	);
	expect(again).toBeNull();
});

it('waits while the environment is away, and says so', async () => {
	const letters = await keepMany(1);
	const engine = known(letters);
	const { id } = await start();
	engine.before = () => {
		throw refusal('engine_circuit_open');
	};
	await round();
	expect(await bulks.find(id)).toMatchObject({
		state: 'running',
		reason: expect.stringContaining('engine_circuit_open') as string,
		counts: { waiting: 1 },
	});
	engine.before = () => undefined;
	await round();
	await round();
	expect(await bulks.find(id)).toMatchObject({ state: 'finished', reason: null });
});

it('asks the engine nothing while no letter is to be begun', async () => {
	const letters = await keepMany(1);
	const engine = known(letters);
	const { id } = await start({}, 0.01);
	await room.database.pool.query(
		"update bulk_replay_letters set state = 'replaying', lease_expires_at = 'infinity'",
	);
	await round();
	expect(engine.asked).toEqual([]);
	expect(await bulks.find(id)).toMatchObject({ state: 'running', reason: null });
});

describe('what it was told to hold to', () => {
	const limits = { circuit: 'receipts', rateLimit: 'supplier' };
	const reports: Array<'well' | 'badly' | null> = [];
	const soon = () => new Date(Date.now() + 3_600_000);
	/** Lets so many go. */
	const letting = (many: number, asked: object[] = []) => {
		let left = many;
		return async (named: object) => {
			asked.push(named);
			left -= 1;
			return await Promise.resolve(
				left >= 0
					? {
							go: true as const,
							report: async (went: 'well' | 'badly' | null) => void reports.push(went),
						}
					: { go: false as const, at: soon() },
			);
		};
	};
	beforeEach(() => void reports.splice(0));

	it('is asked before each letter and told after it', async () => {
		const letters = await keepMany(3);
		const engine = known(letters);
		engine.answers.retry = async () => ({ status: 'success', executionId: '900', items: [] });
		const { id } = await start({}, 100, limits);
		expect(await bulks.find(id)).toMatchObject(limits);
		const asked: object[] = [];
		await round(letting(9, asked));
		expect(asked).toEqual(Array(3).fill(expect.objectContaining(limits)));
		engine.answers.retry = async () => ({ status: 'error', executionId: null, message: 'no' });
		await round(letting(9));
		expect(await bulks.find(id)).toMatchObject({ state: 'finished', counts: { succeeded: 3 } });
		expect(reports).toEqual(['well', 'well', 'well']);
	});

	it('hears of failures, and of what was never begun as nothing', async () => {
		const [first, second] = await keepMany(2);
		const engine = known(first ? [first] : []);
		engine.answers.retry = async () => ({ status: 'error', executionId: null, message: 'no' });
		await room.ports.letters.move(second?.id ?? '', ['waiting'], 'discarded', 'no', noon);
		await start({ ids: [first?.id ?? ''] }, 100, limits);
		await round(letting(9));
		expect(reports).toEqual(['badly']);
		await room.ports.letters.move(second?.id ?? '', ['discarded'], 'waiting', 'again', noon);
		await start({ ids: [second?.id ?? ''] }, 100, limits);
		await room.ports.letters.move(second?.id ?? '', ['waiting'], 'discarded', 'no', noon);
		await round(letting(9));
		expect(reports).toEqual(['badly', null]);
	});

	it('lets those go that may, gives the others back and says what it waits for when none may', async () => {
		known(await keepMany(5));
		const { id } = await start({}, 100, limits);
		await round(letting(2));
		await bulks.settle(noon);
		expect(await bulks.find(id)).toMatchObject({
			reason: null,
			counts: { waiting: 3, replaying: 0, succeeded: 2 },
		});
		await round(letting(0));
		expect(await bulks.find(id)).toMatchObject({
			state: 'running',
			reason: expect.stringMatching(
				/^Held back by circuit "receipts" or rate limit "supplier"/,
			) as string,
			counts: { waiting: 3, succeeded: 2 },
		});
		const wait = 'extract(epoch from next_at - clock_timestamp())::float8 as seconds';
		const { rows } = await room.database.pool.query<{ seconds: number }>(
			`select ${wait} from bulk_replays`,
		);
		// Asked again before the time it was told: somebody may have changed the limit.
		expect(rows[0]?.seconds).toBeGreaterThan(5);
		expect(rows[0]?.seconds).toBeLessThanOrEqual(10);
		await round(letting(9));
		await round(letting(9));
		expect(await bulks.find(id)).toMatchObject({ state: 'finished', reason: null });
	});

	it('waits for a rate limit that nobody has made', async () => {
		known(await keepMany(1));
		const { id } = await start({}, 100, limits);
		await round(async () => await Promise.reject(refusal('rate_limit_not_found')));
		expect(await bulks.find(id)).toMatchObject({
			state: 'running',
			reason: expect.stringContaining('rate_limit_not_found') as string,
			counts: { waiting: 1 },
		});
	});
});

it('stops by itself when most letters fail, and can be resumed', async () => {
	const letters = await keepMany(45);
	const engine = known(letters);
	engine.answers.retry = async () =>
		await Promise.resolve({ status: 'error', executionId: null, message: 'broken', items: [] });
	const { id } = await start();
	for (let nth = 0; nth < 3; nth += 1) await round();
	expect(await bulks.find(id)).toMatchObject({
		state: 'stopped',
		reason: expect.stringContaining('More than half') as string,
		counts: { failed: 20, waiting: 25 },
	});
	engine.answers.retry = async () =>
		await Promise.resolve({ status: 'success', executionId: '900', items: [] });
	await bulks.move(id, ['stopped'], 'running', { reason: null, at: after(5000) });
	for (let nth = 0; nth < 3; nth += 1) await round();
	expect(await bulks.find(id)).toMatchObject({
		state: 'finished',
		counts: { failed: 20, succeeded: 25 },
	});
});

it('skips what waits when it is canceled, and begins nothing while it is paused', async () => {
	await keepMany(2);
	const { id } = await start();
	await bulks.move(id, ['running'], 'paused', { reason: 'paused by me', at: noon });
	await letTimePass();
	expect(await bulks.claim(id, { atOnce: 20, ttlMs: 1 })).toEqual([]);
	expect(await bulks.move(id, ['paused'], 'canceled', { reason: null, at: after(1) })).toBe(true);
	expect(await bulks.move(id, ['running'], 'paused', { reason: null, at: after(1) })).toBe(false);
	expect(await bulks.find(id)).toMatchObject({
		state: 'canceled',
		finishedAt: after(1),
		counts: { skipped: 2 },
	});
});

it('groups letters by incident, the last seen first, also those of an older replica', async () => {
	const incident = 'b'.repeat(32);
	await keep({ incident });
	const old = await keep({ incident: null as unknown as string, createdAt: after(1) });
	await keep({ incident, state: 'discarded', createdAt: after(2) });
	await keep({ incident: 'c'.repeat(32), state: 'discarded' });
	await keep({ incident, environment: 'staging' });
	const list = async (open: boolean, after: string | null = null) =>
		await room.ports.letters.incidents({ environment: 'production', open }, { limit: 5, after });
	expect((await list(false)).map((one) => [one.incident[0], one.letters.waiting])).toEqual([
		['c', 0],
		['b', 1],
	]);
	expect(await list(true)).toMatchObject([
		{ incident, letters: { waiting: 1, discarded: 1 }, firstSeenAt: noon, lastSeenAt: after(2) },
	]);
	await nameIncidents(room.ports.letters);
	const named = await room.ports.letters.find(old.id);
	expect(named?.incident).toMatch(/^[0-9a-f]{32}$/);
	expect(await list(true)).toHaveLength(2);
	const [newest] = await list(false);
	expect(await list(false, newest?.sample.id)).toHaveLength(2);
});

describe('beside live traffic', () => {
	/** Runs of a workflow of so many milliseconds each, ended so long after noon. */
	const ran = async (count: number, ms: number, endedMs: number, mode = 'webhook') => {
		await room.database.pool.query(
			`insert into executions (id, environment, origin, workflow_id, status, mode, told, accepted_at,
				started_at, finished_at)
			select gen_random_uuid(), 'production', 'observed', 'live', 'succeeded', $4, true, $3,
				$3::timestamptz - $2 * interval '1 millisecond', $3
			from generate_series(1, $1)`,
			[count, ms, after(endedMs), mode],
		);
	};
	const look = async (ms: number) => {
		moveTo(after(ms));
		await round();
	};

	afterEach(async () => {
		moveTo(noon);
		await room.database.pool.query('delete from executions');
	});

	it('slows down when live executions take longer than before, and speeds up again', async () => {
		known(await keepMany(3));
		await ran(10, 100, -60_000);
		// What replays start is no measure of what happens live.
		await ran(10, 9_000, -60_000, 'integrated');
		const { id } = await start({}, 64, { liveRatio: 1.2 });
		const pace = async () => (await bulks.find(id))?.pace;
		await look(0);
		expect(await pace()).toBe(0.125);
		await keepPaceOf(id, 9_000);
		expect(await pace()).toBe(0.125);
		await keepPaceOf(id, 10_000);
		expect(await pace()).toBe(0.15625);
		await keepPaceOf(id, 20_000);
		expect(await pace()).toBe(0.1953125);
		await ran(10, 200, 29_000);
		await keepPaceOf(id, 30_000);
		expect(await pace()).toBe(0.125);
		await ran(30, 105, 64_000);
		await keepPaceOf(id, 65_000);
		expect(await pace()).toBe(0.15625);
	});

	it('begins no letter within the quiet hours, and says until when', async () => {
		known(await keepMany(1));
		const quietHours = { from: '11:00', to: '13:00', timeZone: 'UTC' };
		const { id } = await start({}, 8, { quietHours });
		await look(0);
		expect(await bulks.find(id)).toMatchObject({
			reason: 'It is quiet until 2031-04-01T13:00:00.000Z.',
			counts: { waiting: 1 },
		});
		await look(3_600_000);
		await look(3_601_000);
		expect(await bulks.find(id)).toMatchObject({ state: 'finished', counts: { succeeded: 1 } });
	});

	const keepPaceOf = async (id: string, ms: number) => {
		moveTo(after(ms));
		const bulk = await bulks.find(id);
		if (bulk) await keepPace(ports(), bulk);
	};
});
