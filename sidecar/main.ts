import { join } from 'node:path';
import { compose, type Sidecar } from './compose';
import type { Config } from './config';
import { resealChannels } from './alerts/reseal-channels';
import { resealEnvironments } from './environments/access';
import { ensureKeyFile } from './environments/key-file';
import { startServer } from './http/server';
import { runJobs } from './jobs/run-jobs';
import { newId } from './kernel/ids';
import type { Log } from './monitoring/log';
import { readVersion, runProcess, type Undo } from './process';
import { checkServer } from './storage/check-server';
import { startEmbeddedPostgres } from './storage/embedded-postgres/start-embedded-postgres';
import { migrate } from './storage/migrate';
import { createPool } from './storage/pool';
import { ensureAdminToken } from './tokens/bootstrap-token';
import { resealWebhooks } from './webhooks/webhook-secrets';

async function start(config: Config, log: Log, started: Undo[]): Promise<void> {
	const pool = createPool(await databaseFor(config, log, started), { log, max: 20 });
	started.push(async () => await pool.end());
	await checkServer(pool);
	await migrate(pool, { log });
	const encryptionKeys = config.encryptionKeys ?? [await ensureKeyFile(config.dataDir)];
	const sidecar = compose({ ...config, encryptionKeys }, pool, log, {
		version: readVersion(),
		consoleFolder: join(__dirname, 'console'),
	});
	const { clock } = sidecar;
	await clock.agree();
	const { unreadable } = await resealEnvironments(sidecar.stores.environments, sidecar.sealing);
	for (const environment of unreadable) {
		log.error(
			{ environment },
			'no encryption key opens the access of this environment: set the key that sealed it, or register the environment again',
		);
	}
	const { stores, sealing } = sidecar;
	const shut = [
		...(await resealWebhooks(stores, sealing)),
		...(await resealChannels(stores.alerts, sealing)),
	];
	for (const place of shut) {
		log.error({ place }, 'no encryption key opens these secrets: put them again');
	}
	const token = await ensureAdminToken(
		{ store: sidecar.stores.tokens, clock, newId },
		config.adminToken,
	);
	if (token !== null) {
		console.log(`First admin token, shown only this once: ${token}`);
	}
	started.push(async () => await settledSoon(sidecar, log));
	const server = await startServer({
		app: sidecar.app,
		host: config.host,
		port: config.port,
		draining: sidecar.draining,
		clock,
		log,
	});
	started.push(async () => await server.stop());
	const jobs = runJobs(sidecar.jobs, {
		leases: sidecar.stores.leases,
		owner: sidecar.owner,
		clock,
		log,
	});
	started.push(async () => await jobs.stop());
	for (const service of sidecar.services) {
		service.start();
		started.push(async () => await service.stop());
	}
	log.info({ url: server.url }, 'ready');
}

/** What is still under way then is taken over by another process, or by this one at its next start. */
const settleWithinMs = 5_000;

async function settledSoon(sidecar: Sidecar, log: Log): Promise<void> {
	const patience = new AbortController();
	const outcome = await Promise.race([
		sidecar.settled().then(() => 'settled' as const),
		sidecar.clock.sleep(settleWithinMs, patience.signal).then(
			() => 'late' as const,
			() => 'settled' as const,
		),
	]);
	patience.abort();
	if (outcome === 'late') log.info('stopping with work under way; it is taken over later');
}

async function databaseFor(config: Config, log: Log, started: Undo[]): Promise<string> {
	if (config.databaseUrl !== null) return config.databaseUrl;
	const postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
	started.push(async () => await postgres.stop());
	return postgres.connectionString;
}

runProcess(start);
