import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverProcessesIn } from '../../../sidecar/storage/embedded-postgres/process-facts';
import { createPool } from '../../../sidecar/storage/pool';
import { quietLog } from './quiet-log';

export interface DataFolder {
	path: string;
	/** As a power cut would: all processes of Postgres in it, whichever of them still live. */
	killServers(): Promise<void>;
	/** Ends whatever server a test left in it, and removes it. */
	remove(): Promise<void>;
}

/**
 * A folder for an embedded Postgres, open for other users to pass through.
 * @param seed a stopped one to copy; empty without
 */
export async function dataFolder(seed?: DataFolder): Promise<DataFolder> {
	const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'embedded-postgres-')));
	if (seed) execFileSync('cp', ['-a', `${seed.path}/.`, folder]);
	await chmod(folder, 0o711);
	const killServers = async () => (await serverProcessesIn(folder)).forEach(kill);
	return {
		path: folder,
		killServers,
		remove: async () => {
			await killServers();
			await rm(folder, { recursive: true, force: true, maxRetries: 20 });
		},
	};
}

function kill(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		// The children of a killed postmaster end by themselves.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** Asks one question over a connection of its own. */
export async function ask<Row>(connectionString: string, statement: string): Promise<Row[]> {
	const pool = createPool(connectionString, { max: 1, log: quietLog() });
	try {
		return (await pool.query<Row>(statement)).rows;
	} finally {
		await pool.end();
	}
}
