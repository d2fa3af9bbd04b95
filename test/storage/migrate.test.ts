import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { migrate } from '../../sidecar/storage/migrate';
import { createPool } from '../../sidecar/storage/pool';
import { emptyDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';

const log = quietLog();
let database: FreshDatabase;
let folder: string;

beforeEach(async () => {
	database = await emptyDatabase();
	folder = await mkdtemp(path.join(tmpdir(), 'migrations-'));
	await writeMigration('0001_trees.sql', 'create table trees (name text primary key);');
	await writeMigration('0002_oak.sql', "insert into trees (name) values ('oak');");
});

afterEach(async () => {
	await database.drop();
	await rm(folder, { recursive: true });
});

const writeMigration = async (name: string, sql: string) => {
	await writeFile(path.join(folder, name), sql);
};

const run = async () => await migrate(database.pool, { folder, log });

const trees = async () =>
	(await database.pool.query<{ name: string }>('select trees.name from trees')).rows.map(
		({ name }) => name,
	);

it('brings an empty database up and keeps to its own schema', async () => {
	expect(await run()).toEqual(['0001_trees.sql', '0002_oak.sql']);
	const { rows } = await database.pool.query(`
		select distinct tables.table_schema from information_schema.tables tables
		where tables.table_schema not in ('pg_catalog', 'information_schema')`);
	expect(rows).toEqual([{ table_schema: 'orchestration' }]);
});

it('does nothing the second time', async () => {
	await run();
	expect(await run()).toEqual([]);
	expect(await trees()).toEqual(['oak']);
});

it('goes on where a database stands half-way', async () => {
	await run();
	await writeMigration('0003_elm.sql', "insert into trees (name) values ('elm');");
	expect(await run()).toEqual(['0003_elm.sql']);
	expect(await trees()).toEqual(['oak', 'elm']);
});

it('runs each file once when twenty sidecars start at once', async () => {
	const pools = Array.from({ length: 20 }, () =>
		createPool(database.connectionString, { max: 1, log }),
	);
	const applied = await Promise.all(pools.map((pool) => migrate(pool, { folder, log })));
	await Promise.all(pools.map((pool) => pool.end()));
	expect(applied.flat().sort()).toEqual(['0001_trees.sql', '0002_oak.sql']);
	expect(await trees()).toEqual(['oak']);
});

it('keeps nothing of a file that fails, and all of those before it', async () => {
	await writeMigration('0003_bad.sql', 'create table elms (); insert into nowhere values (1);');
	await expect(run()).rejects.toMatchObject({
		code: 'database_not_startable',
		message: expect.stringContaining('0003_bad.sql failed and nothing of it was kept'),
	});
	const { rows } = await database.pool.query(
		"select to_regclass('elms') as elms, count(*) as done from orchestration_migrations",
	);
	expect(rows).toEqual([{ elms: null, done: 2 }]);
	await writeMigration('0003_bad.sql', 'create table elms ();');
	expect(await run()).toEqual(['0003_bad.sql']);
});

it('refuses a file that was changed after it ran', async () => {
	await run();
	await writeMigration('0002_oak.sql', "insert into trees (name) values ('ash');");
	await expect(run()).rejects.toMatchObject({
		code: 'database_version_mismatch',
		message: expect.stringContaining('0002_oak.sql was changed after it ran'),
	});
});

it('takes the same file with other line ends as unchanged', async () => {
	await writeMigration('0002_oak.sql', "insert into trees\n(name) values ('oak');\n");
	await run();
	await writeMigration('0002_oak.sql', "insert into trees\r\n(name) values ('oak');\r\n");
	expect(await run()).toEqual([]);
});

it('refuses a database that a newer version has used', async () => {
	await run();
	await rm(path.join(folder, '0002_oak.sql'));
	await expect(run()).rejects.toMatchObject({
		code: 'database_version_mismatch',
		message: expect.stringContaining('used by a newer version'),
		details: { migration: '0002_oak.sql' },
	});
});

it('refuses a new file numbered below one that ran', async () => {
	await writeMigration('0004_elm.sql', "insert into trees (name) values ('elm');");
	await run();
	await writeMigration('0003_ash.sql', "insert into trees (name) values ('ash');");
	await expect(run()).rejects.toMatchObject({
		code: 'database_version_mismatch',
		message: expect.stringContaining('give it a higher number'),
	});
	expect(await trees()).toEqual(['oak', 'elm']);
});

it.each([
	['two files with one number', '0002_pine.sql', '0002_oak.sql and 0002_pine.sql'],
	['a name without number', 'pine.sql', 'got pine.sql'],
])('refuses %s', async (_case, name, message) => {
	await writeMigration(name, 'select 1;');
	await expect(run()).rejects.toMatchObject({
		code: 'database_not_startable',
		message: expect.stringContaining(message),
	});
});

it('says what to grant to a user who may not create schemas', async () => {
	const role = `guest_${process.pid}`;
	await database.pool.query(`create role ${role} login password 'guest'`);
	const url = new URL(database.connectionString);
	url.username = role;
	url.password = 'guest';
	const pool = createPool(url.href, { max: 1, log });
	try {
		await expect(migrate(pool, { folder, log })).rejects.toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('grant the database user the right'),
		});
	} finally {
		await pool.end();
		await database.pool.query(`drop role ${role}`);
	}
});

it('brings the real schema up on an empty database', async () => {
	const names = await migrate(database.pool, { log });
	expect(names[0]).toBe('0001_base.sql');
	expect(await migrate(database.pool, { log })).toEqual([]);
});
