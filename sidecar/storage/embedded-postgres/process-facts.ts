import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { unless } from './not-startable';

const run = promisify(execFile);
const gone = ['ENOENT', 'ESRCH', 'EACCES', 'EPERM'];

/** True for a system with /proc, the better source; elsewhere (macOS) `ps` is asked. */
const hasProc = process.platform === 'linux';

/** When a living process started, in the system's own words; null when there is none. */
export async function startOf(pid: number): Promise<string | null> {
	if (!hasProc) return (await ps(pid, 'lstart')) || null;
	const line = await unless(gone, readFile(`/proc/${pid}/stat`, 'utf8'));
	// The name in parentheses may hold anything; counted after it: state is 0, start is 19.
	const fields = line?.slice(line.lastIndexOf(')') + 2).split(' ') ?? [];
	const [state, start] = [fields[0], fields[19]];
	// A zombie is dead; only its parent has not looked yet.
	return start === undefined || state === 'Z' || state === 'X' ? null : start;
}

/** Processes of Postgres at work in the folder or below, the postmaster's children included. */
export async function serverProcessesIn(folder: string): Promise<number[]> {
	const pids = await runningPids();
	const ours = await Promise.all(
		pids.map(async (pid) => pid !== process.pid && (await worksIn(pid, folder))),
	);
	return pids.filter((_, index) => ours[index]);
}

async function runningPids(): Promise<number[]> {
	const names = hasProc
		? await readdir('/proc')
		: (await run('ps', ['-axo', 'pid='])).stdout.split('\n').map((line) => line.trim());
	return names.map(Number).filter((pid) => pid > 0);
}

async function worksIn(pid: number, folder: string): Promise<boolean> {
	if (!hasProc) {
		const command = await ps(pid, 'command');
		return /(postgres|initdb)\b/.test(command) && command.includes(folder);
	}
	const [program, place] = await Promise.all([
		unless(gone, readlink(`/proc/${pid}/exe`)),
		unless(gone, readlink(`/proc/${pid}/cwd`)),
	]);
	if (program === undefined || place === undefined) return false;
	// An upgrade replaces the program under a running server.
	const name = path.basename(program.replace(/ \(deleted\)$/, ''));
	return ['postgres', 'initdb'].includes(name) && isAtOrBelow(place, folder);
}

function isAtOrBelow(place: string, folder: string): boolean {
	return place === folder || place.startsWith(`${folder}${path.sep}`);
}

async function ps(pid: number, field: string): Promise<string> {
	try {
		return (await run('ps', ['-o', `${field}=`, '-p', String(pid)])).stdout.trim();
	} catch {
		// ps ends with 1 when there is no such process.
		return '';
	}
}
