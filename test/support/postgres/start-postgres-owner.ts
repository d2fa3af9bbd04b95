import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { buildSync } from 'esbuild';
import { commandAs, type RunAs } from '../../../sidecar/storage/embedded-postgres/run-as';

const repository = path.resolve(__dirname, '../../..');

export interface PostgresOwner {
	process: ChildProcess;
	/** What it wrote when its Postgres was up or could not come up. */
	outcome: Promise<OwnerOutcome>;
	/** Stops it the polite way and waits for its end. */
	stop(): Promise<void>;
	/** kill -9; its Postgres lives on. */
	kill(): Promise<void>;
}

export interface OwnerOutcome {
	connectionString: string;
	code?: string;
	message?: string;
}

/** Starts postgres-owner.ts in a process (group) of its own, as this user or another. */
export function startPostgresOwner(dataDir: string, runAs?: RunAs): PostgresOwner {
	const args = ['-', dataDir];
	const {
		file,
		args: all,
		identity,
	} = runAs
		? commandAs(runAs, process.execPath, args)
		: { file: process.execPath, args, identity: {} };
	const child = spawn(file, all, {
		...identity,
		cwd: repository,
		detached: true,
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	child.stdin.end(ownerProgram());
	const ended = once(child, 'exit');
	const outcome = Promise.race([
		once(createInterface({ input: child.stdout }), 'line').then(
			([line]) => JSON.parse(String(line)) as OwnerOutcome,
		),
		ended.then(() => ({ connectionString: '', code: 'ended', message: 'it wrote nothing' })),
	]);
	const end = async (signal: NodeJS.Signals) => {
		child.kill(signal);
		await ended;
	};
	return { process: child, outcome, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

let program: string | undefined;

/** In one piece: another user has no cache folder in which a compiler could keep its things. */
function ownerProgram(): string {
	program ??= buildSync({
		entryPoints: [path.join(__dirname, 'postgres-owner.ts')],
		bundle: true,
		platform: 'node',
		external: ['embedded-postgres', 'pg-native'],
		write: false,
	}).outputFiles[0]?.text;
	if (program === undefined) throw new Error('expected esbuild to give one file, got none');
	return program;
}
