import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { freePorts } from '../n8n/free-ports';
import { request, type Answer } from '../n8n/n8n-requests';
import { groupEnded, killGroup, startGroup, stopGroup } from '../n8n/process-group';
import { isRunning } from '../n8n/running-processes.cjs';
import { ownTemporaryFolder } from '../n8n/temporary-folders.cjs';
import { until } from '../n8n/until';

export interface SidecarOptions {
	/** Default: an embedded Postgres in the data folder. */
	databaseUrl?: string;
	/** Default: a new temporary folder, removed by `stop`. */
	dataDir?: string;
	port?: number;
	env?: Record<string, string>;
}

/** A built sidecar in a process of its own. */
export interface SidecarProcess {
	readonly url: string;
	readonly port: number;
	readonly token: string;
	readonly pid: number;
	readonly dataDir: string;
	/** A request with the admin token, e.g. `api('/environments')`; an absolute path stays below the root. */
	api<T = unknown>(path: string, init?: SidecarRequest): Promise<Answer<T>>;
	log(): string;
	stop(): Promise<void>;
	/** As a power cut would. */
	kill(): Promise<void>;
	/** Starts it again on the same data and port. */
	restart(): Promise<void>;
}

export interface SidecarRequest {
	method?: string;
	body?: unknown;
	headers?: Record<string, string>;
	token?: string;
}

const main = path.join(__dirname, '..', '..', '..', 'sidecar', 'dist', 'main.js');

export async function startSidecar(options: SidecarOptions = {}): Promise<SidecarProcess> {
	const dataDir = options.dataDir ?? ownTemporaryFolder('sidecar');
	mkdirSync(dataDir, { recursive: true });
	const port = options.port ?? (await freePorts(1))[0] ?? 0;
	const token = 'admin-token-of-the-tests-0123456789';
	const logFile = path.join(dataDir, 'sidecar.log');
	const url = `http://127.0.0.1:${port}`;
	const log = () => readFileSync(logFile, 'utf8');
	const start = async () => {
		const started = await startGroup({
			program: process.execPath,
			args: [main],
			env: {
				PATH: process.env['PATH'] ?? '',
				PORT: String(port),
				ORCHESTRATION_DATA_DIR: dataDir,
				ORCHESTRATION_ADMIN_TOKEN: token,
				FOLLOW_INTERVAL: '1',
				...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
				...options.env,
			},
			logFile,
			ownerPid: process.pid,
		});
		await until('the sidecar to be ready', () => isReady(url, started, log), {
			deadlineMs: 60_000,
			explain: log,
		});
		return started;
	};
	let pid = await start();
	return {
		url,
		port,
		token,
		dataDir,
		get pid() {
			return pid;
		},
		api: async (at, init = {}) =>
			await request(at.startsWith('//') ? `${url}${at.slice(1)}` : `${url}/api/v1${at}`, {
				...(init.method ? { method: init.method } : {}),
				...(init.body === undefined ? {} : { body: init.body }),
				headers: { authorization: `Bearer ${init.token ?? token}`, ...init.headers },
			}),
		log,
		stop: async () => {
			await stopGroup(pid, 20_000);
			if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
		},
		kill: async () => {
			killGroup(pid);
			await groupEnded(pid);
		},
		restart: async () => {
			await stopGroup(pid, 20_000);
			pid = await start();
		},
	};
}

async function isReady(url: string, pid: number, log: () => string): Promise<true | undefined> {
	if (!isRunning(pid)) throw new Error(`the sidecar ended while it started: ${log()}`);
	try {
		return (await request(`${url}/readyz`, { timeoutMs: 2000 })).ok || undefined;
	} catch {
		return undefined; // nobody listens yet
	}
}
