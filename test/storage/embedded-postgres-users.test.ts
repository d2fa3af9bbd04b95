import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { chooseRunAs } from '../../sidecar/storage/embedded-postgres/choose-run-as';
import { prepareCluster } from '../../sidecar/storage/embedded-postgres/cluster-folder';
import { clusterPaths } from '../../sidecar/storage/embedded-postgres/cluster-paths';
import {
	commandAs,
	waysToRun,
	type Account,
	type RunAs,
} from '../../sidecar/storage/embedded-postgres/run-as';
import { runCommand } from '../../sidecar/storage/embedded-postgres/run-command';
import { findServerBinaries } from '../../sidecar/storage/embedded-postgres/server-binaries';
import { startEmbeddedPostgres } from '../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { ask, dataFolder, type DataFolder } from '../support/postgres/data-folder';
import { quietLog } from '../support/postgres/quiet-log';
import { startPostgresOwner, type PostgresOwner } from '../support/postgres/start-postgres-owner';

const repository = path.resolve(__dirname, '../..');
const root: Account = { uid: 0, gid: 0 };
const nobody: Account = { uid: 65_534, gid: 65_534 };
const nameless: Account = { uid: 54_321, gid: 54_321 };
let folder: DataFolder;
let owners: PostgresOwner[] = [];

beforeEach(async () => {
	folder = await dataFolder();
});

afterEach(async () => {
	await Promise.all(owners.map((owner) => owner.kill()));
	owners = [];
	await folder.remove();
});

/** Another user, who may at least read this checkout, wherever it lies. */
const ordinary = async (account: Account): Promise<RunAs> => {
	const plain: RunAs = { way: 'other-user', owner: account };
	const { code } = await runCommand(commandAs(plain, '/bin/ls', [repository]), '/');
	return code === 0 ? plain : { way: 'capability', owner: account, capability: 'dac_read_search' };
};

const startAs = async (account: Account) => {
	const owner = startPostgresOwner(folder.path, await ordinary(account));
	owners.push(owner);
	return owner;
};

const giveFolderTo = ({ uid, gid }: Account) => chownSync(folder.path, uid, gid);
const userOfServer = () => statSync(path.join(folder.path, 'postgres')).uid;
it('runs as it is for an ordinary user, whoever else there is', () => {
	const me = { uid: 1000, gid: 1000 };
	expect(waysToRun(me, nobody)).toEqual([{ way: 'as-is', owner: me }]);
});

// Only root can become somebody else.
const asRoot = process.geteuid?.() === 0 ? describe : describe.skip;

asRoot('for root', () => {
	it('runs the server as another user, though ours is root', async () => {
		const { connectionString, stop } = await startEmbeddedPostgres({
			dataDir: folder.path,
			log: quietLog(),
		});
		expect(userOfServer()).not.toBe(0);
		expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
		await stop();
	});

	it('works in a folder only root may enter, without opening it to others', async () => {
		chmodSync(folder.path, 0o700);
		const dataDir = path.join(folder.path, 'deep', 'data');
		const log = quietLog();
		for (const data of ['made', 'found']) {
			const { connectionString, stop } = await startEmbeddedPostgres({ dataDir, log });
			expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
			await stop();
			const up = log.lines.filter(({ message }) => message === 'embedded Postgres is up');
			expect(up.at(-1)?.facts).toMatchObject({ data });
		}
		expect(statSync(folder.path).mode & 0o777).toBe(0o700);
	});

	it('works with the programs where only root may enter', async () => {
		const binaries = findServerBinaries();
		const native = path.join(folder.path, 'locked', 'native');
		mkdirSync(path.dirname(native), { mode: 0o700 });
		cpSync(path.dirname(path.dirname(binaries.postgres)), native, {
			recursive: true,
			verbatimSymlinks: true,
		});
		const moved = {
			initdb: path.join(native, 'bin', 'initdb'),
			postgres: path.join(native, 'bin', 'postgres'),
		};
		const { runAs } = await chooseRunAs(clusterPaths(folder.path), moved);
		expect(runAs.way).not.toBe('other-user');
		const server = { binaries: moved, runAs, major: 18, durable: false };
		expect(await prepareCluster(clusterPaths(folder.path), server)).toBe('made');
	});

	// The first way needs an open folder and is the one above.
	it.each(waysToRun(root, nobody).slice(1))(
		'can make a cluster in a closed folder by $way $capability where the system allows it',
		async (runAs) => {
			// Containers forbid one or the other, which is why there are several ways.
			const { code } = await runCommand(commandAs(runAs, '/bin/true', []), '/');
			if (code !== 0) return;
			chmodSync(folder.path, 0o700);
			const paths = clusterPaths(folder.path);
			const server = { binaries: findServerBinaries(), runAs, major: 18, durable: false };
			expect(await prepareCluster(paths, server)).toBe('made');
			expect(userOfServer()).toBe(runAs.owner.uid);
		},
	);

	it('goes on with the data of an ordinary user as that user', async () => {
		giveFolderTo(nobody);
		const first = await startAs(nobody);
		await ask((await first.outcome).connectionString, 'create table public.notes ()');
		await first.stop();
		const { connectionString, stop } = await startEmbeddedPostgres({
			dataDir: folder.path,
			log: quietLog(),
		});
		await ask(connectionString, 'insert into public.notes default values');
		await stop();
		expect(userOfServer()).toBe(nobody.uid);
	});

	it('takes over a backup that root has put back', async () => {
		const first = await startEmbeddedPostgres({ dataDir: folder.path, log: quietLog() });
		await first.stop();
		execFileSync('chown', ['-R', '0:0', folder.path]);
		const second = await startEmbeddedPostgres({ dataDir: folder.path, log: quietLog() });
		expect(await ask(second.connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
		await second.stop();
	});
});

asRoot('for an ordinary user', () => {
	it('runs the server as that user', async () => {
		giveFolderTo(nobody);
		const owner = await startAs(nobody);
		const { connectionString } = await owner.outcome;
		expect(await ask(connectionString, 'select 1 as one')).toEqual([{ one: 1 }]);
		expect(userOfServer()).toBe(nobody.uid);
		const pid = readFileSync(path.join(folder.path, 'postgres', 'postmaster.pid'), 'utf8');
		expect(statSync(`/proc/${Number.parseInt(pid, 10)}`).uid).toBe(nobody.uid);
		await owner.stop();
	});

	it('says whose the data is when it belongs to somebody else', async () => {
		giveFolderTo(nobody);
		const { stop } = await startEmbeddedPostgres({ dataDir: folder.path, log: quietLog() });
		await stop();
		const cluster = path.join(folder.path, 'postgres');
		execFileSync('chown', ['-R', '12345', cluster]);
		expect(await (await startAs(nobody)).outcome).toMatchObject({
			code: 'database_not_startable',
			message: expect.stringMatching(/belongs to user id 12345.*chown -R 65534/),
		});
	});

	it('says what to do when that user may not write the folder', async () => {
		expect(await (await startAs(nobody)).outcome).toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('permission denied'),
		});
	});

	it('says what to do when that user has no name', async () => {
		giveFolderTo(nameless);
		expect(await (await startAs(nameless)).outcome).toMatchObject({
			code: 'database_not_startable',
			message: expect.stringContaining('User id 54321 has no name'),
		});
	});
});
