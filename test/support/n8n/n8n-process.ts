import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readIfThere } from '../../n8n/folder-lock.cjs';
import type { N8nInstallation } from '../../n8n/install.cjs';
import { logFileOf, logTail } from './n8n-connection';
import { n8nEnvironment, type Ports } from './n8n-environment';
import { request } from './n8n-requests';
import { startGroup, stopGroup } from './process-group';
import { isRunning } from './running-processes.cjs';
import { until } from './until';

const STOP_GRACE_MS = 15_000;

export interface ProcessStart {
	installation: N8nInstallation;
	folder: string;
	ports: Ports;
	env: Record<string, string>;
	ownerPid: number;
	/** Milliseconds until it must be ready. */
	deadlineMs: number;
}

/** Starts n8n on a folder and waits until it says it is ready; throws with the end of its log. */
export async function startProcess(start: ProcessStart): Promise<number> {
	mkdirSync(start.folder, { recursive: true });
	await endPrevious(start.folder);
	// After a crash n8n waits 10 s for the sake of crash loops; this file tells it, nothing else reads it.
	rmSync(path.join(start.folder, '.n8n', 'crash.journal'), { force: true });
	const pid = await startGroup({
		program: start.installation.node,
		args: [start.installation.bin, 'start'],
		env: n8nEnvironment(start.folder, start.ports, start.env),
		logFile: logFileOf(start.folder),
		ownerPid: start.ownerPid,
	});
	writeFileSync(pidFile(start.folder), String(pid));
	const baseUrl = `http://127.0.0.1:${start.ports.http}`;
	const explain = () => `The end of its log:\n${logTail(start.folder)}`;
	try {
		await until(
			`n8n on ${baseUrl} to be ready`,
			() => {
				if (!isRunning(pid)) throw new Error(`n8n ended while it started. ${explain()}`);
				return isReady(baseUrl);
			},
			{ deadlineMs: start.deadlineMs, everyMs: 200, explain },
		);
	} catch (error) {
		await stopProcess(pid);
		throw error;
	}
	return pid;
}

/** Ends n8n and everything it started: asked first, forced after 15 s. */
export async function stopProcess(pid: number): Promise<void> {
	await stopGroup(pid, STOP_GRACE_MS);
}

async function isReady(baseUrl: string): Promise<true | undefined> {
	try {
		const { ok } = await request(`${baseUrl}/healthz/readiness`, { timeoutMs: 5000 });
		return ok || undefined;
	} catch {
		return undefined; // nobody listens yet
	}
}

function pidFile(folder: string): string {
	return path.join(folder, 'n8n.pid');
}

/** Two n8n on one SQLite file would spoil it: one left over from a killed run goes first. */
async function endPrevious(folder: string): Promise<void> {
	const pid = Number(readIfThere(pidFile(folder)));
	if (!(pid > 1) || !isRunning(pid)) return;
	const command = readIfThere(`/proc/${pid}/cmdline`);
	if (command?.includes('n8n')) await stopProcess(pid);
}
