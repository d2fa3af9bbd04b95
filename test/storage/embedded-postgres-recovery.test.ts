import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { serverProcessesIn } from '../../sidecar/storage/embedded-postgres/process-facts';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { ask, dataFolder, type DataFolder } from '../support/postgres/data-folder';
import { eventually } from '../support/postgres/eventually';
import { quietLog } from '../support/postgres/quiet-log';
import { startPostgresOwner, type PostgresOwner } from '../support/postgres/start-postgres-owner';

let seed: DataFolder;
let folder: DataFolder;
let owners: PostgresOwner[] = [];

beforeAll(async () => {
	seed = await dataFolder();
	const server = await startEmbeddedPostgres({ dataDir: seed.path, log: quietLog() });
	await ask(server.connectionString, 'create table public.notes as select 42 as answer');
	await server.stop();
});

afterAll(async () => {
	await seed.remove();
});

beforeEach(async () => {
	folder = await dataFolder(seed);
});

afterEach(async () => {
	await Promise.all(owners.map((owner) => owner.kill()));
	owners = [];
	await folder.remove();
});

const start = () => {
	const owner = startPostgresOwner(folder.path);
	owners.push(owner);
	return owner;
};

const startAndWrite = async () => {
	const owner = start();
	const { connectionString } = await owner.outcome;
	await ask(connectionString, 'insert into public.notes values (43)');
	return { owner, connectionString };
};

const expectAllKept = async (connectionString: string) => {
	expect(await ask(connectionString, 'select notes.answer from public.notes')).toEqual([
		{ answer: 42 },
		{ answer: 43 },
	]);
};

const pidFile = () => path.join(folder.path, 'postgres', 'postmaster.pid');
const postmaster = async () => Number.parseInt(await readFile(pidFile(), 'utf8'), 10);

const initdbAtWork = async () => {
	const pids = await serverProcessesIn(folder.path);
	const named = execFileSync('ps', ['-o', 'pid=,comm=', '-p', pids.join()]).toString();
	return Number(/(\d+) initdb/.exec(named)?.[1]);
};

it('brings a killed Postgres back under the same address, with all that was committed', async () => {
	const { owner, connectionString } = await startAndWrite();
	const killed = await postmaster();
	process.kill(killed, 'SIGKILL');
	await eventually('Postgres answers again', 20_000, async () => {
		const answer = await ask(connectionString, 'select 1').catch(() => null);
		return answer !== null && (await postmaster()) !== killed;
	});
	await expectAllKept(connectionString);
	await owner.stop();
	expect(await serverProcessesIn(folder.path)).toEqual([]);
});

it('comes back although a process of the killed one lives on', async () => {
	const { owner, connectionString } = await startAndWrite();
	const killed = await postmaster();
	const [survivor = 0] = (await serverProcessesIn(folder.path)).filter((pid) => pid !== killed);
	expect(survivor).toBeGreaterThan(0);
	process.kill(survivor, 'SIGSTOP');
	process.kill(killed, 'SIGKILL');
	await eventually('Postgres answers again', 25_000, async () => {
		const answer = await ask(connectionString, 'select 1').catch(() => null);
		return answer !== null && (await postmaster()) !== killed;
	});
	await expectAllKept(connectionString);
	await owner.stop();
});

it('ends the server of a killed sidecar and goes on with its data', async () => {
	const { owner } = await startAndWrite();
	const orphan = await postmaster();
	await owner.kill();
	expect(await serverProcessesIn(folder.path)).toContain(orphan);
	const next = start();
	await expectAllKept((await next.outcome).connectionString);
	expect(await serverProcessesIn(folder.path)).not.toContain(orphan);
	await next.stop();
});

it('starts after sidecar and Postgres were both killed', async () => {
	const { owner } = await startAndWrite();
	const killed = await postmaster();
	await owner.kill();
	await folder.killServers();
	expect(await postmaster()).toBe(killed);
	await expectAllKept((await start().outcome).connectionString);
});

it('is not taken in by a stale pid file whose number now belongs to another process', async () => {
	const { owner } = await startAndWrite();
	await owner.stop();
	await writeFile(pidFile(), `${process.pid}\n${path.dirname(pidFile())}\n1\n5432\n\n\n\nready\n`);
	await expectAllKept((await start().outcome).connectionString);
});

it('begins anew when the first start was killed half-way', async () => {
	await folder.remove();
	folder = await dataFolder();
	const first = start();
	const fresh = path.join(folder.path, 'postgres.new', 'data');
	await eventually('initdb is at work', 20_000, () => existsSync(path.join(fresh, 'PG_VERSION')));
	const initdb = await initdbAtWork();
	// So that it still lives when the next one comes.
	process.kill(initdb, 'SIGSTOP');
	await first.kill();
	expect(existsSync(path.join(folder.path, 'postgres'))).toBe(false);
	const { code, message, connectionString } = await start().outcome;
	expect([code, message]).toEqual([undefined, undefined]);
	expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
	expect(await serverProcessesIn(folder.path)).not.toContain(initdb);
	expect((await readdir(folder.path)).sort()).toEqual([
		'postgres',
		'postgres.lock',
		'postgres.password',
	]);
});

it('refuses to share a data folder with a living sidecar, which goes on undisturbed', async () => {
	const { owner, connectionString } = await startAndWrite();
	expect(await start().outcome).toMatchObject({
		code: 'database_not_startable',
		message: expect.stringContaining(`already in use by process ${owner.process.pid}`),
	});
	await expectAllKept(connectionString);
});

it('gives a folder left by a killed sidecar to exactly one of five', async () => {
	const { owner } = await startAndWrite();
	await owner.kill();
	const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => start().outcome));
	const codes = outcomes.map(({ code }) => code ?? 'started').sort();
	expect(codes).toEqual([...Array<string>(4).fill('database_not_startable'), 'started']);
});

it('does not lose Postgres to a Ctrl-C that reaches the whole process group', async () => {
	const { owner, connectionString } = await startAndWrite();
	process.kill(-Number(owner.process.pid), 'SIGINT');
	await expectAllKept(connectionString);
	await owner.stop();
});
