import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureN8n } from '../../n8n/install.cjs';
import { emptyDatabase } from '../postgres/fresh-database';
import { freePorts } from './free-ports';
import { n8nEnvironment } from './n8n-environment';
import { startN8n, type N8nInstance } from './n8n-instance';
import { groupEnded, killGroup, startGroup } from './process-group';
import { startRedis } from './redis';
import { ownTemporaryFolder } from './temporary-folders.cjs';

/** An n8n as larger installations run it: its workflows run in workers, its data is in Postgres. */
export interface QueueN8n extends N8nInstance {
	/** Ends one as a machine that is gone would (SIGKILL). */
	killWorker(nth: number): Promise<void>;
	startWorker(nth: number): Promise<void>;
}

/** A worker that is gone is noticed after some seconds, not after a minute and a half. */
const soon = {
	QUEUE_WORKER_LOCK_DURATION: '4000',
	QUEUE_WORKER_LOCK_RENEW_TIME: '1000',
	QUEUE_WORKER_STALLED_INTERVAL: '2000',
};

/** Starts a main process and `workers` workers, on a Redis and a database of their own. */
export async function startQueueN8n(workers: number): Promise<QueueN8n> {
	const folder = ownTemporaryFolder('n8n-queue');
	const [database, redis] = await Promise.all([emptyDatabase(), startRedis(folder)]);
	const { hostname, port, username, password, pathname } = new URL(database.connectionString);
	const env = {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: hostname,
		DB_POSTGRESDB_PORT: port,
		DB_POSTGRESDB_USER: decodeURIComponent(username),
		DB_POSTGRESDB_PASSWORD: decodeURIComponent(password),
		DB_POSTGRESDB_DATABASE: pathname.slice(1),
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redis.port),
		N8N_ENCRYPTION_KEY: 'the-key-of-the-tests-0123456789',
		...soon,
	};
	const main = await startN8n({ folder: path.join(folder, 'main'), env });
	const stopMain = main.stop;
	const pids = new Map<number, number>();
	const killWorker = async (nth: number) => {
		const pid = pids.get(nth);
		if (pid === undefined) return;
		pids.delete(nth);
		killGroup(pid);
		await groupEnded(pid);
	};
	const startWorker = async (nth: number) => {
		pids.set(nth, await startWorkerIn(path.join(folder, `worker-${nth}`), env));
	};
	for (let nth = 0; nth < workers; nth += 1) await startWorker(nth);
	return Object.assign(main, {
		killWorker,
		startWorker,
		stop: async () => {
			await Promise.all([...pids.keys()].map(killWorker));
			await stopMain();
			await redis.stop();
			await database.drop();
			rmSync(folder, { recursive: true, force: true });
		},
	});
}

async function startWorkerIn(folder: string, env: Record<string, string>): Promise<number> {
	const { node, bin } = await ensureN8n();
	const [http = 0, broker = 0] = await freePorts(2);
	mkdirSync(folder, { recursive: true });
	return await startGroup({
		program: node,
		args: [bin, 'worker', '--concurrency=5'],
		env: n8nEnvironment(folder, { http, broker }, env),
		logFile: path.join(folder, 'n8n.log'),
		ownerPid: process.pid,
	});
}
