import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { ensureTemporal } from '../../temporal/install.cjs';
import { freePorts } from '../n8n/free-ports';
import { groupEnded, killGroup, startGroup, stopGroup } from '../n8n/process-group';
import { isRunning } from '../n8n/running-processes.cjs';
import { sharedRecord } from '../n8n/shared-record';
import { ownTemporaryFolder } from '../n8n/temporary-folders.cjs';
import { until } from '../n8n/until';

export interface TemporalOptions {
	/** Where its data is. Default: a new temporary folder, removed by `stop`. */
	folder?: string;
	/** Default: a free one. */
	port?: number;
	/** The server ends when this process is gone. Default: this process. */
	ownerPid?: number;
	/** Dynamic configuration, e.g. `{ 'limit.blobSize.error': 4096 }`. */
	settings?: Record<string, unknown>;
}

export interface TemporalRecord {
	/** host:port of the front end. */
	address: string;
	folder: string;
	pid: number;
}

export interface TemporalServer extends TemporalRecord {
	/** A client of a namespace; the caller closes its connection. Default namespace: `default`. */
	client(namespace?: string): Promise<Client>;
	/** Ends it as a power cut would. */
	kill(): Promise<void>;
	/** Stops it if it runs and starts it again on the same data and port. */
	restart(): Promise<void>;
	stop(): Promise<void>;
}

/** There from the start beside `default`. */
export const namespaces = ['team-a', 'team-b'];

/** A real Temporal server on a free port of 127.0.0.1, its data in SQLite. Throws with the end of its log. */
export async function startTemporal(options: TemporalOptions = {}): Promise<TemporalServer> {
	const folder = options.folder ?? ownTemporaryFolder('temporal');
	mkdirSync(folder, { recursive: true });
	const [free = 0] = options.port === undefined ? await freePorts(1) : [options.port];
	const address = `127.0.0.1:${free}`;
	const start = async () => await startProcess(address, folder, options);
	let pid = await start();
	return {
		address,
		folder,
		get pid() {
			return pid;
		},
		client: async (namespace = 'default') => await clientOf(address, namespace),
		kill: async () => {
			killGroup(pid);
			await groupEnded(pid);
		},
		restart: async () => {
			await stopGroup(pid, 10_000);
			pid = await start();
		},
		stop: async () => {
			await stopGroup(pid, 10_000);
			if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
		},
	};
}

/**
 * The server that all test files of this run share; tests use task queues and workflow ids of their
 * own in it and never stop it.
 */
export async function sharedTemporal(): Promise<Pick<TemporalServer, 'address' | 'client'>> {
	const { address } = await sharedRecord('temporal', async ({ folder, ownerPid }) => {
		const own = path.join(folder, 'temporal');
		const { pid, address, ...server } = await startTemporal({ folder: own, ownerPid });
		return { pid, address, folder: server.folder };
	});
	return { address, client: async (namespace = 'default') => await clientOf(address, namespace) };
}

async function clientOf(address: string, namespace: string): Promise<Client> {
	return new Client({ connection: await Connection.connect({ address }), namespace });
}

async function startProcess(address: string, folder: string, options: TemporalOptions) {
	const logFile = path.join(folder, 'temporal.log');
	const port = address.split(':')[1] ?? '';
	const settings = Object.entries(options.settings ?? {});
	const pid = await startGroup({
		program: await ensureTemporal(),
		args: [
			...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', port],
			...['--db-filename', path.join(folder, 'temporal.db'), '--log-level', 'warn'],
			...namespaces.flatMap((name) => ['--namespace', name]),
			...settings.flatMap(([key, value]) => [
				'--dynamic-config-value',
				`${key}=${JSON.stringify(value)}`,
			]),
		],
		env: { PATH: process.env['PATH'] ?? '', HOME: folder },
		logFile,
		ownerPid: options.ownerPid ?? process.pid,
	});
	const explain = () => readFileSync(logFile, 'utf8').slice(-3000);
	try {
		await until(
			`Temporal on ${address} to be ready`,
			async () => {
				if (!isRunning(pid)) throw new Error(`Temporal ended while it started. ${explain()}`);
				return await isReady(address);
			},
			{ deadlineMs: 90_000, explain },
		);
	} catch (error) {
		await stopGroup(pid, 1000);
		throw error;
	}
	return pid;
}

async function isReady(address: string): Promise<true | undefined> {
	let connection: Connection | undefined;
	try {
		connection = await Connection.connect({ address, connectTimeout: 2000 });
		for (const namespace of ['default', ...namespaces]) {
			await connection.workflowService.describeNamespace({ namespace });
		}
		return true;
	} catch {
		return undefined; // nobody listens yet, or a namespace is not made yet
	} finally {
		await connection?.close();
	}
}
