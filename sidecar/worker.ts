import { join } from 'node:path';
import { composeWorker, type OrchestrationWorker } from './compose/worker';
import type { Config } from './config';
import type { EngineConnection } from './engines/port/connection';
import type { RunningWorker } from './engines/temporal/orchestration/run-worker';
import { createWorkerFleet } from './engines/temporal/orchestration/worker-fleet';
import { ensureKeyFile } from './environments/key-file';
import { startServer } from './http/server';
import { systemClock } from './kernel/clock';
import { OrchestrationError } from './kernel/errors';
import type { Log } from './monitoring/log';
import { readVersion, runProcess, type Undo } from './process';
import { checkServer } from './storage/check-server';
import { migrate } from './storage/migrate';
import { createPool } from './storage/pool';

/** `npm run worker`: runs the shipped orchestrations of environments whose engine is temporal. */
async function start(config: Config, log: Log, started: Undo[]): Promise<void> {
	if (config.databaseUrl === null) {
		throw new OrchestrationError(
			'configuration_invalid',
			'Expected DATABASE_URL, got none: a worker stands on the Postgres of its sidecar, and an embedded one belongs to one process alone. Set it for the sidecar and its workers.',
		);
	}
	const pool = createPool(config.databaseUrl, { log, max: 20 });
	started.push(async () => await pool.end());
	await checkServer(pool);
	await migrate(pool, { log });
	const encryptionKeys = config.encryptionKeys ?? [await ensureKeyFile(config.dataDir)];
	const fleet = createWorkerFleet({
		connections: async () => await worker.connections(),
		startWorker: async (connection) => await startWorker(config, log, worker, connection),
		clock: systemClock,
		log,
	});
	const settings = { ...config, encryptionKeys };
	const worker = composeWorker(settings, pool, log, readVersion(), fleet.missing);
	await worker.clock.agree();
	started.push(async () => await worker.settled());
	const server = await startServer({
		app: worker.app,
		host: config.host,
		port: config.workerPort,
		draining: worker.draining,
		clock: worker.clock,
		log,
	});
	started.push(async () => await server.stop());
	for (const service of [...worker.services, fleet]) {
		service.start();
		started.push(async () => await service.stop());
	}
	log.info({ url: server.url }, 'ready');
}

/** Temporal is loaded here, when there is something to do with it. */
async function startWorker(
	{ workerAtOnce: atOnce }: Config,
	log: Log,
	{ ports, assertAllowed }: OrchestrationWorker,
	connection: EngineConnection,
): Promise<RunningWorker> {
	await assertAllowed(connection);
	const [{ prepareRuntime, runWorker }, { createActivities }] = await Promise.all([
		import('./engines/temporal/orchestration/run-worker.js'),
		import('./engines/temporal/orchestration/create-activities.js'),
	]);
	prepareRuntime(log);
	return await runWorker({
		connection,
		activities: createActivities(ports),
		bundle: join(__dirname, 'engines/temporal/orchestration/workflow-bundle.js'),
		atOnce,
		log,
	});
}

runProcess(start);
