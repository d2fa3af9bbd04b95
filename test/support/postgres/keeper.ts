/**
 * A process of its own that keeps the Postgres of one test run: it ends it when asked (SIGTERM), and
 * when the run is gone, however it went. Arguments: run folder, process id of the
 * run, whose folder it is.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../../sidecar/storage/embedded-postgres/start-embedded-postgres';
import { migrate } from '../../../sidecar/storage/migrate';
import { createPool } from '../../../sidecar/storage/pool';
import { quietLog } from './quiet-log';
import { registryFile, startingFile, type FolderOwner, type SharedServer } from './shared-server';
import { databaseUrl } from './database-url';

const template = 'orchestration_template';

async function keep(runDir: string, runPid: number, owner: FolderOwner): Promise<void> {
	const dataDir = path.join(runDir, 'postgres-data');
	const log = quietLog();
	const server = await startEmbeddedPostgres({ dataDir, durable: false, log });

	let stopping = false;
	const stop = async () => {
		if (stopping) return;
		stopping = true;
		clearInterval(watch);
		rmSync(registryFile(runDir), { force: true });
		await server.stop();
		rmSync(owner === 'own-folder' ? runDir : dataDir, { recursive: true, force: true });
	};
	process.on('SIGTERM', () => void stop());
	const watch = setInterval(() => {
		if (!isAlive(runPid)) void stop();
	}, 200);

	const admin = createPool(server.connectionString, { log });
	await admin.query(`create database ${template}`);
	await admin.end();
	const pool = createPool(databaseUrl(server.connectionString, template), { log });
	await migrate(pool, { log });
	await pool.end();

	const shared: SharedServer = {
		keeperPid: process.pid,
		connectionString: server.connectionString,
		template,
	};
	writeFileSync(`${registryFile(runDir)}.new`, JSON.stringify(shared), { mode: 0o600 });
	renameSync(`${registryFile(runDir)}.new`, registryFile(runDir));
	rmSync(startingFile(runDir), { force: true });
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

const [runDir, runPid, owner] = process.argv.slice(2);
keep(String(runDir), Number(runPid), owner as FolderOwner).catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
