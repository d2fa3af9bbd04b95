import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readIfThere, withFolderLock } from '../../n8n/folder-lock.cjs';
import { isRunning } from './running-processes.cjs';
import { sharedTemporaryFolder } from './temporary-folders.cjs';

export interface Run {
	folder: string;
	ownerPid: number;
}

/**
 * The process of that name that all test files of this run share: the first caller starts it, later
 * callers get what it has written down. Without a run (one jest called by hand) it is shared within
 * this process.
 */
export async function sharedRecord<T extends { pid: number }>(
	name: string,
	start: (run: Run) => Promise<T>,
): Promise<T> {
	const run = currentRun();
	const file = path.join(run.folder, `${name}.json`);
	return await withFolderLock(path.join(run.folder, `${name}.lock`), async () => {
		const kept = readIfThere(file);
		const known = kept === undefined ? undefined : (JSON.parse(kept) as T);
		if (known !== undefined && isRunning(known.pid)) return known;
		const record = await start(run);
		writeFileSync(`${file}.part`, JSON.stringify(record), { mode: 0o600 });
		renameSync(`${file}.part`, file);
		return record;
	});
}

export function currentRun(): Run {
	const folder = process.env.ORCHESTRATION_TEST_RUN_DIR;
	const ownerPid = Number(process.env.ORCHESTRATION_TEST_RUN_PID);
	if (folder !== undefined && ownerPid > 0) return { folder, ownerPid };
	return { folder: sharedTemporaryFolder('run'), ownerPid: process.pid };
}
