import { createPool, type Pool } from '../../sidecar/storage/pool';
import { transaction } from '../../sidecar/storage/transaction';
import { freePort } from '../../sidecar/storage/embedded-postgres/free-port';
import { eventually } from '../support/postgres/eventually';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';

const log = quietLog();
let database: FreshDatabase;
let pool: Pool;

beforeAll(async () => {
	database = await freshDatabase();
	pool = database.pool;
	await pool.query('create table notes (note text primary key)');
});

afterAll(async () => {
	await database.drop();
});

afterEach(async () => {
	await pool.query('truncate notes');
});

const notes = async () =>
	(await pool.query<{ note: string }>('select notes.note from notes')).rows.map(({ note }) => note);

it('has nothing compiled where a server would: that takes longer than most statements run', async () => {
	const name = new URL(database.connectionString).pathname.slice(1);
	await pool.query(`alter database ${name} set jit = on`);
	const later = createPool(database.connectionString, { log });
	try {
		expect((await later.query('show jit')).rows).toEqual([{ jit: 'off' }]);
	} finally {
		await later.end();
	}
});

it('reads whole numbers as numbers while they are exact, and points in time as dates', async () => {
	const { rows } = await pool.query(`
		select 9007199254740991::int8 as exact, 9007199254740993::int8 as beyond,
			timestamptz '2026-01-02 03:04:05.678+02' as moment, date '2026-01-02' as day`);
	expect(rows).toEqual([
		{
			exact: 9007199254740991,
			beyond: '9007199254740993',
			moment: new Date('2026-01-02T01:04:05.678Z'),
			day: '2026-01-02',
		},
	]);
});

it('keeps all of a transaction', async () => {
	const result = await transaction(pool, async (tx) => {
		await tx.query('insert into notes (note) values ($1)', ['one']);
		await tx.query('insert into notes (note) values ($1)', ['two']);
		return 'kept';
	});
	expect(result).toBe('kept');
	expect(await notes()).toEqual(['one', 'two']);
});

it('keeps nothing of a transaction that throws, and gives its error on', async () => {
	const reason = new Error('no');
	const failing = transaction(pool, async (tx) => {
		await tx.query('insert into notes (note) values ($1)', ['one']);
		throw reason;
	});
	await expect(failing).rejects.toBe(reason);
	expect(await notes()).toEqual([]);
});

it('leaves a broken constraint for the store to read', async () => {
	await pool.query('insert into notes (note) values ($1)', ['one']);
	await expect(pool.query('insert into notes (note) values ($1)', ['one'])).rejects.toMatchObject({
		code: '23505',
	});
});

it('says database_unavailable, without the password, when nobody listens', async () => {
	const nowhere = createPool(`postgresql://u:hunter2@127.0.0.1:${await freePort()}/x`, { log });
	const error: unknown = await nowhere.query('select 1').catch((caught: unknown) => caught);
	await nowhere.end();
	expect(error).toMatchObject({ code: 'database_unavailable' });
	expect(String(error)).not.toContain('hunter2');
});

it.each([
	['a wrong password', (url: URL) => (url.password = 'wrong')],
	['a database that does not exist', (url: URL) => (url.pathname = '/nowhere')],
])('says database_unavailable for %s', async (_case, change) => {
	const url = new URL(database.connectionString);
	change(url);
	const refused = createPool(url.href, { log });
	await expect(refused.query('select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
	await refused.end();
});

it('loses a transaction with its connection, and works on with a new one', async () => {
	const cut = transaction(pool, async (tx) => {
		await tx.query('insert into notes (note) values ($1)', ['one']);
		await tx.query('select pg_terminate_backend(pg_backend_pid())');
	});
	await expect(cut).rejects.toMatchObject({ code: 'database_unavailable' });
	expect(await notes()).toEqual([]);
});

it('survives the loss of a resting connection', async () => {
	const lines = quietLog();
	const resting = createPool(database.connectionString, { max: 1, log: lines });
	const { rows } = await resting.query<{ pid: number }>('select pg_backend_pid() as pid');
	await pool.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
	await eventually('the loss is logged', 5_000, () => lines.lines.length > 0);
	expect((await resting.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
	await resting.end();
});

it('stops a statement that runs too long', async () => {
	const hasty = createPool(database.connectionString, { statementTimeoutMs: 50, log });
	await expect(hasty.query('select pg_sleep(30)')).rejects.toMatchObject({ code: '57014' });
	await hasty.end();
});

it('refuses a size that makes no sense', () => {
	expect(() => createPool(database.connectionString, { max: 0, log })).toThrow(
		'expected max to be at least 1, got 0',
	);
});

it('waits for the clients in use when it ends', async () => {
	const ending = createPool(database.connectionString, { max: 1, log });
	const answer = ending.query('select pg_sleep(0.05), 1 as one');
	await Promise.all([ending.end(), ending.end()]);
	expect((await answer).rowCount).toBe(1);
});
