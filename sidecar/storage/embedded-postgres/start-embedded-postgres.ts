import { mkdir, realpath } from 'node:fs/promises';
import { systemClock, type Clock } from '../../kernel/clock';
import type { StorageLog } from '../storage-log';
import { chooseRunAs } from './choose-run-as';
import { prepareCluster, readPassword, refuseForeignOwner, roleName } from './cluster-folder';
import { clusterPaths } from './cluster-paths';
import { freePort } from './free-port';
import { clearLeftovers } from './leftovers';
import { asNotStartable, notStartable } from './not-startable';
import { claimOwnerLock } from './owner-lock';
import { commandAs } from './run-as';
import { findServerBinaries } from './server-binaries';
import { startServerProcess, type ServerProcess } from './server-process';
import { serverSettings, settingFlags } from './server-settings';
import { superviseServer } from './supervise-server';
import { waitUntilReady } from './wait-until-ready';

export interface EmbeddedPostgresOptions {
	/** Folder for everything the sidecar keeps; the data goes to `postgres` below it. */
	dataDir: string;
	/** False: data may be lost when the machine stops. For tests. Default true. */
	durable?: boolean;
	clock?: Clock;
	log: StorageLog;
}

export interface EmbeddedPostgres {
	/** Holds the password: never log it. Stays right while this process lives. */
	connectionString: string;
	/** Ends the server without losing a commit. A second call waits for the first. */
	stop(): Promise<void>;
}

/**
 * Starts a Postgres server of our own on 127.0.0.1 and keeps it running: one that dies is started
 * again on the same port.
 * @throws OrchestrationError `database_not_startable` (in use by another process, no right to run
 * it, damaged), `database_version_mismatch` (data of another major version)
 */
export async function startEmbeddedPostgres(
	options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
	const { clock = systemClock } = options;
	try {
		// As root the server runs as another user, who must be able to pass through.
		const mode = process.geteuid?.() === 0 ? 0o711 : 0o700;
		await mkdir(options.dataDir, { recursive: true, mode });
		const dataDir = await realpath(options.dataDir);
		const lock = await claimOwnerLock(clusterPaths(dataDir).lock, clock);
		try {
			const server = await startServer({ ...options, dataDir, clock });
			const stop = async () => {
				await server.stop();
				await lock.release();
			};
			let stopped: Promise<void> | null = null;
			return {
				connectionString: server.connectionString,
				stop: () => (stopped ??= stop()),
			};
		} catch (error) {
			await lock.release();
			throw error;
		}
	} catch (error) {
		throw asNotStartable(error);
	}
}

async function startServer(
	options: Required<Omit<EmbeddedPostgresOptions, 'durable'>> & { durable?: boolean },
): Promise<EmbeddedPostgres> {
	const { clock, log, durable = true } = options;
	const paths = clusterPaths(options.dataDir);
	const binaries = findServerBinaries();
	const { runAs, major } = await chooseRunAs(paths, binaries);
	await refuseForeignOwner(runAs, paths);
	await clearLeftovers(paths, clock, log);
	const was = await prepareCluster(paths, { binaries, runAs, major, durable });
	const password = await readPassword(paths);

	const launch = (port: number): ServerProcess => {
		const args = ['-D', paths.cluster, ...settingFlags(serverSettings({ port, durable }))];
		return startServerProcess(commandAs(runAs, binaries.postgres, args), paths.cluster, clock, log);
	};
	for (let attempt = 1; attempt <= 5; attempt += 1) {
		const port = await freePort();
		const connectionString = `postgresql://${roleName}:${password}@127.0.0.1:${port}/postgres`;
		const server = launch(port);
		const outcome = await waitUntilReady(connectionString, server, clock).catch(
			async (error: unknown) => {
				await server.stop();
				throw error;
			},
		);
		if (outcome === 'port-taken') continue;
		log.info({ port, major, way: runAs.way, data: was }, 'embedded Postgres is up');
		const restart = async () => {
			await clearLeftovers(paths, clock, log);
			return launch(port);
		};
		return { connectionString, stop: superviseServer(server, restart, clock, log) };
	}
	throw notStartable('five free ports in a row were taken by others before Postgres had them');
}
