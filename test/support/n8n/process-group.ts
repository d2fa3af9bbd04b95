import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { groupMembers, isRunning } from './running-processes.cjs';
import { until } from './until';

export interface GroupStart {
	program: string;
	args: string[];
	env: Record<string, string>;
	/** Output is added to this file. */
	logFile: string;
	/** The process that must live for the group to live. */
	ownerPid: number;
}

/**
 * `exec` makes the program the leader of its group. The loop beside it, in the same group, ends
 * the whole group when the owner is gone, however it went: a killed test run leaves nothing behind.
 */
const GUARDED = `
owner=$1; shift
(while kill -0 "$owner" 2>/dev/null; do sleep 1; done; kill -KILL 0) </dev/null &
exec "$@"
`;

const ours = new Set<number>();
process.on('exit', () => ours.forEach(killGroup));

/** Starts a program as the leader of a process group of its own; returns its process id. */
export async function startGroup(start: GroupStart): Promise<number> {
	const output = openSync(start.logFile, 'a');
	const child = spawn(
		'/bin/sh',
		['-c', GUARDED, 'guarded', String(start.ownerPid), start.program, ...start.args],
		{ env: start.env, detached: true, stdio: ['ignore', output, output] },
	);
	closeSync(output);
	const pid = await new Promise<number>((resolve, reject) => {
		child.once('error', reject);
		child.once('spawn', () => resolve(child.pid as number));
	});
	child.unref();
	if (start.ownerPid === process.pid) ours.add(pid);
	return pid;
}

/** Ends every process of the group at once. */
export function killGroup(pid: number): void {
	ours.delete(pid);
	try {
		process.kill(-pid, 'SIGKILL');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
	}
}

/** Asks the leader to end, gives it `graceMs`, then ends whatever is left and waits for that. */
export async function stopGroup(pid: number, graceMs: number): Promise<void> {
	const started = performance.now();
	if (isRunning(pid)) process.kill(pid, 'SIGTERM');
	await until(
		`process ${pid} to end`,
		() => !isRunning(pid) || performance.now() - started > graceMs || undefined,
		{ deadlineMs: graceMs * 2 + 1000 },
	);
	killGroup(pid);
	await groupEnded(pid);
}

/** Waits until no process of the group runs. */
export async function groupEnded(pid: number): Promise<void> {
	await until(`process group ${pid} to end`, () => groupMembers(pid).length === 0 || undefined);
}
