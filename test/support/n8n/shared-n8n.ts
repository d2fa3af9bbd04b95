import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readIfThere, withFolderLock } from '../../n8n/folder-lock.cjs';
import { connectionTo, type N8nConnection, type N8nRecord } from './n8n-connection';
import { startN8n, type N8nOptions } from './n8n-instance';
import { isRunning } from './running-processes.cjs';
import { sharedTemporaryFolder } from './temporary-folders.cjs';

/**
 * The instance of that name, shared by all test files of this run: the first caller starts it
 * (with its options), later callers use it as it is. It lives until the run ends; tests use names
 * and paths of their own in it and never stop it. Without a run (one jest called by hand) it is
 * shared within this process.
 */
export async function sharedN8n(
	name: string,
	options: Omit<N8nOptions, 'folder' | 'ownerPid'> = {},
): Promise<N8nConnection> {
	const run = currentRun();
	const file = path.join(run.folder, `${name}.json`);
	return await withFolderLock(path.join(run.folder, `${name}.lock`), async () => {
		const known = runningRecord(file);
		if (known !== undefined) return connectionTo(() => known);
		const folder = path.join(run.folder, name);
		const instance = await startN8n({ ...options, folder, ownerPid: run.ownerPid });
		writeFileSync(`${file}.part`, JSON.stringify(instance.record()), { mode: 0o600 });
		renameSync(`${file}.part`, file);
		return instance;
	});
}

function runningRecord(file: string): N8nRecord | undefined {
	const kept = readIfThere(file);
	const record = kept === undefined ? undefined : (JSON.parse(kept) as N8nRecord);
	return record !== undefined && isRunning(record.pid) ? record : undefined;
}

interface Run {
	folder: string;
	ownerPid: number;
}

function currentRun(): Run {
	const folder = process.env.ORCHESTRATION_TEST_RUN_DIR;
	const ownerPid = Number(process.env.ORCHESTRATION_TEST_RUN_PID);
	if (folder !== undefined && ownerPid > 0) return { folder, ownerPid };
	return { folder: sharedTemporaryFolder('run'), ownerPid: process.pid };
}
