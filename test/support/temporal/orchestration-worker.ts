import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../n8n/free-ports';
import { request } from '../n8n/n8n-requests';
import { groupEnded, killGroup, startGroup, stopGroup } from '../n8n/process-group';
import { isRunning } from '../n8n/running-processes.cjs';
import { ownTemporaryFolder } from '../n8n/temporary-folders.cjs';
import { until } from '../n8n/until';

export interface OrchestrationWorkerOptions {
	databaseUrl: string;
	/** Of its sidecar, whose encryption key is in it. */
	dataDir: string;
	env?: Record<string, string>;
	/** Whether to wait until it takes tasks. Default true. */
	untilReady?: boolean;
}

/** `npm run worker`, built, in a process of its own. */
export interface OrchestrationWorkerProcess {
	readonly pid: number;
	readonly url: string;
	log(): string;
	isRunning(): boolean;
	/** As a power cut would. */
	kill(): Promise<void>;
	/** Starts it again after `kill` or `stop`. */
	restart(): Promise<void>;
	/** By SIGTERM. */
	stop(): Promise<void>;
}

const script = path.join(__dirname, '../../../sidecar/dist/worker.js');

export async function startOrchestrationWorker(
	options: OrchestrationWorkerOptions,
): Promise<OrchestrationWorkerProcess> {
	const [port = 0] = await freePorts(1);
	const folder = ownTemporaryFolder('orchestration-worker');
	mkdirSync(folder, { recursive: true });
	const logFile = path.join(folder, 'worker.log');
	const log = () => (existsSync(logFile) ? readFileSync(logFile, 'utf8') : '');
	const url = `http://127.0.0.1:${port}`;
	const start = async () => {
		const pid = await startGroup({
			program: process.execPath,
			args: [script],
			env: {
				PATH: process.env['PATH'] ?? '',
				DATABASE_URL: options.databaseUrl,
				ORCHESTRATION_DATA_DIR: options.dataDir,
				WORKER_PORT: String(port),
				...options.env,
			},
			logFile,
			ownerPid: process.pid,
		});
		const at = options.untilReady === false ? '/healthz' : '/readyz';
		await until('the worker to be ready', () => answers(`${url}${at}`, pid, log), {
			deadlineMs: 90_000,
			explain: log,
		});
		return pid;
	};
	let pid = await start();
	return {
		get pid() {
			return pid;
		},
		url,
		log,
		isRunning: () => isRunning(pid),
		kill: async () => {
			killGroup(pid);
			await groupEnded(pid);
		},
		restart: async () => {
			pid = await start();
		},
		stop: async () => await stopGroup(pid, 30_000),
	};
}

async function answers(url: string, pid: number, log: () => string): Promise<true | undefined> {
	if (!isRunning(pid)) throw new Error(`the worker ended while it started: ${log()}`);
	try {
		return (await request(url, { timeoutMs: 2000 })).ok || undefined;
	} catch {
		return undefined; // nobody listens yet
	}
}
