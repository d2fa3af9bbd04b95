import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../kernel/clock';
import type { StorageLog } from '../storage-log';
import type { ClusterPaths } from './cluster-paths';
import { notStartable, unless } from './not-startable';
import { serverProcessesIn } from './process-facts';

/** SIGINT: fast shutdown. SIGQUIT: at once, the log is replayed at the next start. */
const escalation = [
	['SIGINT', 15_000],
	['SIGQUIT', 5_000],
	['SIGKILL', 5_000],
] as const;

const pollMs = 25;

/**
 * Ends what a killed sidecar or a killed postmaster left running, and removes what they left lying.
 * Only for who holds the owner lock.
 * @throws OrchestrationError `database_not_startable` when a process does not end
 */
export async function clearLeftovers(
	paths: ClusterPaths,
	clock: Clock,
	log: StorageLog,
): Promise<void> {
	await endInitdb(paths.fresh, clock);
	await endServer(paths.cluster, clock, log);
	// Postgres would take a new process with the old number for a running server.
	await rm(path.join(paths.cluster, 'postmaster.pid'), { force: true });
	await rm(paths.fresh, { recursive: true, force: true });
}

/**
 * One that outlived its sidecar would go on writing, or remove what stands in its place by then.
 * @throws OrchestrationError `database_not_startable` when it does not end
 */
async function endInitdb(fresh: string, clock: Clock): Promise<void> {
	for (let waited = 0; waited < 5_000; waited += pollMs) {
		const pids = await serverProcessesIn(fresh);
		if (pids.length === 0) return;
		for (const pid of pids) signal(pid, 'SIGKILL');
		await clock.sleep(pollMs);
	}
	throw notStartable(
		`an initdb of an earlier sidecar still runs in ${fresh} and cannot be ended ` +
			`(processes ${(await serverProcessesIn(fresh)).join(', ')}); end it, then start again`,
	);
}

async function endServer(cluster: string, clock: Clock, log: StorageLog): Promise<void> {
	const named = await postmasterOf(cluster);
	for (const [name, waitMs] of escalation) {
		const pids = await serverProcessesIn(cluster);
		if (pids.length === 0) return;
		const postmaster = pids.find((pid) => pid === named);
		// To its children SIGINT means something else.
		if (name === 'SIGINT' && postmaster === undefined) continue;
		log.warn({ pids, signal: name }, 'ending a Postgres server left by an earlier sidecar');
		const all = name === 'SIGKILL' || postmaster === undefined;
		for (const pid of all ? pids : [postmaster]) signal(pid, name);
		if (await waitUntilNone(cluster, waitMs, clock)) return;
	}
	throw notStartable(
		`a Postgres server of an earlier sidecar still runs in ${cluster} and cannot be ended ` +
			`(processes ${(await serverProcessesIn(cluster)).join(', ')}); end it, then start again`,
	);
}

async function postmasterOf(cluster: string): Promise<number | null> {
	const file = path.join(cluster, 'postmaster.pid');
	const text = await unless(['ENOENT'], readFile(file, 'utf8'));
	return Number.parseInt(text ?? '', 10) || null;
}

async function waitUntilNone(folder: string, waitMs: number, clock: Clock): Promise<boolean> {
	for (let waited = 0; waited < waitMs; waited += pollMs) {
		if ((await serverProcessesIn(folder)).length === 0) return true;
		await clock.sleep(pollMs);
	}
	return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
	try {
		process.kill(pid, name);
	} catch (error) {
		// It ended by itself in between.
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}
