import { readFile, stat, writeFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { serverProcessesIn } from '../../sidecar/storage/embedded-postgres/process-facts';
import {
	startEmbeddedPostgres,
	type EmbeddedPostgres,
} from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { ask, dataFolder, type DataFolder } from '../support/postgres/data-folder';
import { quietLog } from '../support/postgres/quiet-log';

let folder: DataFolder;
let running: EmbeddedPostgres[] = [];

beforeEach(async () => {
	folder = await dataFolder();
});

afterEach(async () => {
	await Promise.all(running.map((server) => server.stop()));
	running = [];
	await folder.remove();
});

const start = async (options: { durable?: boolean } = { durable: false }) => {
	const server = await startEmbeddedPostgres({
		...options,
		dataDir: folder.path,
		log: quietLog(),
	});
	running.push(server);
	return server;
};

const inFolder = (...names: string[]) => path.join(folder.path, ...names);

it('makes a cluster that keeps its word and lets only us in', async () => {
	const { connectionString } = await start({});
	const settings = await ask(
		connectionString,
		`select current_setting('fsync') as fsync, current_setting('listen_addresses') as address,
			current_setting('server_encoding') as encoding, upper('é') as upper,
'B' < 'a' as by_code_point`,
	);
	expect(settings).toEqual([
		{ fsync: 'on', address: '127.0.0.1', encoding: 'UTF8', upper: 'É', by_code_point: true },
	]);
	expect((await stat(inFolder('postgres.password'))).mode & 0o777).toBe(0o600);
	expect((await stat(inFolder('postgres'))).mode & 0o777).toBe(0o700);
	const wrong = new URL(connectionString);
	wrong.password = 'guess';
	await expect(ask(wrong.href, 'select 1')).rejects.toMatchObject({ code: 'database_unavailable' });
});

it('ends with nothing left running, however often it is stopped', async () => {
	const server = await start();
	await Promise.all([server.stop(), server.stop()]);
	expect(await serverProcessesIn(folder.path)).toEqual([]);
	await expect(stat(inFolder('postgres.lock'))).rejects.toMatchObject({ code: 'ENOENT' });
	await expect(stat(inFolder('postgres', 'postmaster.pid'))).rejects.toMatchObject({
		code: 'ENOENT',
	});
});

it('has its data and its password again after a stop', async () => {
	const first = await start();
	await ask(first.connectionString, 'create table public.notes as select 42 as answer');
	await first.stop();
	const second = await start();
	expect(await ask(second.connectionString, 'select notes.answer from public.notes')).toEqual([
		{ answer: 42 },
	]);
	expect(new URL(second.connectionString).password).toBe(new URL(first.connectionString).password);
});

it('refuses a second start in the same folder and says who has it', async () => {
	const { connectionString } = await start();
	await expect(start()).rejects.toMatchObject({
		code: 'database_not_startable',
		message: expect.stringMatching(
			new RegExp(`already in use by process ${process.pid} .*ORCHESTRATION_DATA_DIR.*DATABASE_URL`),
		),
	});
	expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
});

it('starts one server when two ask at once', async () => {
	const outcomes = await Promise.allSettled([start(), start()]);
	expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

describe('what it refuses', () => {
	let seed: DataFolder;

	beforeAll(async () => {
		seed = await dataFolder();
		const options = { dataDir: seed.path, durable: false, log: quietLog() };
		await (await startEmbeddedPostgres(options)).stop();
	});

	afterAll(async () => {
		await seed.remove();
	});

	beforeEach(async () => {
		await folder.remove();
		folder = await dataFolder(seed);
	});

	it('is data of another major version, which stays as it is', async () => {
		await writeFile(inFolder('postgres', 'PG_VERSION'), '15\n');
		await expect(start()).rejects.toMatchObject({
			code: 'database_version_mismatch',
			message: expect.stringMatching(/is of Postgres 15, this sidecar brings Postgres 18; dump/),
			details: { found: 15, expected: 18 },
		});
		expect(await readFile(inFolder('postgres', 'PG_VERSION'), 'utf8')).toBe('15\n');
		await writeFile(inFolder('postgres', 'PG_VERSION'), '18\n');
		await start();
	});

	it('is a missing password', async () => {
		await rm(inFolder('postgres.password'));
		await expect(start()).rejects.toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('postgres.password; restore'),
		});
	});

	it('is a password that is not the one of the data', async () => {
		await writeFile(inFolder('postgres.password'), 'guess\n');
		await expect(start()).rejects.toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('refuses the password'),
		});
		expect(await serverProcessesIn(folder.path)).toEqual([]);
	});

	it('is a damaged cluster, with what Postgres says about it', async () => {
		await rm(inFolder('postgres', 'global', 'pg_control'));
		await expect(start()).rejects.toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('pg_control'),
		});
	});
});

it('refuses a folder that holds something else', async () => {
	await mkdir(inFolder('postgres'));
	await writeFile(inFolder('postgres', 'holiday.jpg'), '');
	await expect(start()).rejects.toMatchObject({
		code: 'database_not_startable',
		message: expect.stringContaining('holds files but no PG_VERSION'),
	});
});
