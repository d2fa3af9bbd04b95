import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventually } from './eventually';
import { registryFile, startingFile, type FolderOwner, type SharedServer } from './shared-server';

const repository = path.resolve(__dirname, '../../..');

/**
 * The one Postgres of this test run; started by who asks first. Test processes of one run share the
 * folder ORCHESTRATION_TEST_RUN_DIR and end with their parent; a lone jest has a folder of its own.
 */
export async function sharedPostgres(): Promise<SharedServer> {
	const given = process.env['ORCHESTRATION_TEST_RUN_DIR'];
	const runDir = given ?? path.join(tmpdir(), `n8n-orchestration-test-${process.pid}`);
	// As root the server runs as another user, who must be able to pass through.
	mkdirSync(runDir, { recursive: true, mode: 0o711 });
	const known = readShared(runDir);
	if (known) return known;
	if (!existsSync(startingFile(runDir))) {
		if (given) startKeeper(runDir, process.ppid, 'shared-folder');
		else startKeeper(runDir, process.pid, 'own-folder');
	}
	return await eventually('the shared Postgres is up', 60_000, () => {
		// In this order: the registry is written before the mark of starting goes.
		const starting = existsSync(startingFile(runDir));
		const shared = readShared(runDir);
		if (!shared && !starting) throw new Error(keeperLog(runDir));
		return shared;
	});
}

function startKeeper(runDir: string, runPid: number, owner: FolderOwner): void {
	try {
		closeSync(openSync(startingFile(runDir), 'wx'));
	} catch (error) {
		// Another test file was faster.
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
		throw error;
	}
	const output = openSync(path.join(runDir, 'postgres-keeper.log'), 'w');
	const keeper = path.join(__dirname, 'keeper.ts');
	const args = ['--require', '@swc-node/register', keeper, runDir, String(runPid), owner];
	const child = spawn(process.execPath, args, {
		cwd: repository,
		detached: true,
		stdio: ['ignore', output, output],
	});
	closeSync(output);
	child.once('exit', () => rmSync(startingFile(runDir), { force: true }));
	child.unref();
}

function readShared(runDir: string): SharedServer | null {
	if (!existsSync(registryFile(runDir))) return null;
	const shared = JSON.parse(readFileSync(registryFile(runDir), 'utf8')) as SharedServer;
	try {
		process.kill(shared.keeperPid, 0);
		return shared;
	} catch {
		rmSync(registryFile(runDir), { force: true });
		return null;
	}
}

function keeperLog(runDir: string): string {
	const said = readFileSync(path.join(runDir, 'postgres-keeper.log'), 'utf8');
	return `the keeper of the shared Postgres ended: ${said || '(it said nothing)'}`;
}
