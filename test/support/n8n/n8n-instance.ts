import { rmSync } from 'node:fs';
import { ensureN8n } from '../../n8n/install.cjs';
import { freePorts } from './free-ports';
import { openAccount } from './n8n-account';
import { connectionTo, type N8nConnection, type N8nRecord } from './n8n-connection';
import { startProcess, stopProcess, type ProcessStart } from './n8n-process';
import { installPack } from './pack';
import { groupEnded, killGroup } from './process-group';
import { ownTemporaryFolder } from './temporary-folders.cjs';

export interface N8nOptions {
	/** Where its data is, to start on the data of an earlier run. Default: a new temporary folder, removed by `stop`. */
	folder?: string;
	/** Default: a free one. */
	port?: number;
	/** Added to its environment, e.g. WEBHOOK_URL or N8N_CONCURRENCY_PRODUCTION_LIMIT. */
	env?: Record<string, string>;
	/** Tarballs of node packs to install before it starts. */
	packs?: string[];
	/** The instance ends when this process is gone. Default: this process. */
	ownerPid?: number;
	/** Milliseconds until it must be ready. Default 120 000. */
	deadlineMs?: number;
	/** Gets progress lines while n8n is installed. Default: standard error. */
	log?: (line: string) => void;
}

export interface N8nInstance extends N8nConnection {
	/** Ends it and all its processes; removes its folder if that was a temporary one. */
	stop(): Promise<void>;
	/** Ends it and all its processes as a power cut would (SIGKILL). */
	kill(): Promise<void>;
	/** Stops it if it runs and starts it again on the same folder, port and key. */
	restart(): Promise<void>;
	/** What another process needs to talk to it. */
	record(): N8nRecord;
}

/** Starts a real n8n with an owner and an API key, ready for requests. Throws with the end of its log. */
export async function startN8n(options: N8nOptions = {}): Promise<N8nInstance> {
	const folder = options.folder ?? ownTemporaryFolder('n8n');
	const start = await prepare(folder, options);
	let record = await run(start);
	return Object.assign(
		connectionTo(() => record),
		{
			record: () => record,
			async stop() {
				await stopProcess(record.pid);
				if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
			},
			async kill() {
				killGroup(record.pid);
				await groupEnded(record.pid);
			},
			async restart() {
				await stopProcess(record.pid);
				record = await run(start);
			},
		},
	);
}

async function prepare(folder: string, options: N8nOptions): Promise<ProcessStart> {
	const installation = await ensureN8n(options.log === undefined ? {} : { log: options.log });
	for (const tarball of options.packs ?? []) await installPack(folder, tarball);
	const [http = 0, broker = 0] = await freePorts(2);
	return {
		installation,
		folder,
		ports: { http: options.port ?? http, broker },
		env: options.env ?? {},
		ownerPid: options.ownerPid ?? process.pid,
		deadlineMs: options.deadlineMs ?? 120_000,
	};
}

async function run(start: ProcessStart): Promise<N8nRecord> {
	const pid = await startProcess(start);
	const baseUrl = `http://127.0.0.1:${start.ports.http}`;
	try {
		const account = await openAccount(baseUrl, start.folder);
		return { baseUrl, port: start.ports.http, folder: start.folder, pid, account };
	} catch (error) {
		await stopProcess(pid);
		throw error;
	}
}
