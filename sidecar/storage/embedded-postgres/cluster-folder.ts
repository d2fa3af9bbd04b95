import { randomBytes } from 'node:crypto';
import {
	chmod,
	lchown,
	mkdir,
	open,
	readdir,
	readFile,
	rename,
	rm,
	rmdir,
	stat,
	writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { OrchestrationError } from '../../kernel/errors';
import type { ClusterPaths } from './cluster-paths';
import { notStartable, unless } from './not-startable';
import { commandAs, type RunAs } from './run-as';
import { runCommand } from './run-command';
import type { ServerBinaries } from './server-binaries';

export const roleName = 'orchestration';

/**
 * Sees to it that there is a cluster this server can run, and makes one where there is none.
 * @throws OrchestrationError `database_version_mismatch`, `database_not_startable`
 */
export async function prepareCluster(
	paths: ClusterPaths,
	server: { binaries: ServerBinaries; runAs: RunAs; major: number; durable: boolean },
): Promise<'made' | 'found'> {
	const version = await unless(
		['ENOENT'],
		readFile(path.join(paths.cluster, 'PG_VERSION'), 'utf8'),
	);
	if (version === undefined) {
		await refuseForeignFiles(paths.cluster);
		await makeCluster(paths, server);
		return 'made';
	}
	if (Number(version) !== server.major) {
		throw new OrchestrationError(
			'database_version_mismatch',
			`the data in ${paths.cluster} is of Postgres ${version.trim()}, this sidecar brings ` +
				`Postgres ${server.major}; dump it with Postgres ${version.trim()} and restore the ` +
				'dump here, set DATABASE_URL to a server of that version, or move the folder away ' +
				'to start empty',
			{ details: { found: Number(version), expected: server.major } },
		);
	}
	await handTo(server.runAs, paths.cluster);
	return 'found';
}

async function refuseForeignFiles(cluster: string): Promise<void> {
	const entries = await unless(['ENOENT'], readdir(cluster));
	if (!entries) return;
	if (entries.length > 0) {
		throw notStartable(
			`${cluster} holds files but no PG_VERSION, so it is no Postgres data; ` +
				'move it away or restore it from a backup',
		);
	}
	await rmdir(cluster);
}

/** Made aside and moved into place by one rename: a start that is killed leaves nothing half made. */
async function makeCluster(
	paths: ClusterPaths,
	server: { binaries: ServerBinaries; runAs: RunAs; durable: boolean },
): Promise<void> {
	const password = randomBytes(24).toString('base64url');
	const pwfile = path.join(paths.fresh, 'password');
	const data = path.join(paths.fresh, 'data');
	await mkdir(paths.fresh, { mode: 0o700 });
	await writeFile(pwfile, password, { mode: 0o600 });
	await handTo(server.runAs, paths.fresh);
	const args = [
		`--pgdata=${data}`,
		`--username=${roleName}`,
		`--pwfile=${pwfile}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale=C',
		// Sorted as C sorts, but upper and lower case of every alphabet is known.
		'--locale-provider=builtin',
		'--builtin-locale=C.UTF-8',
		'--no-instructions',
		...(server.durable ? [] : ['--no-sync']),
	];
	// At work in its folder, where the next start looks for it should this one be killed.
	const { code, output } = await runCommand(
		commandAs(server.runAs, server.binaries.initdb, args),
		paths.fresh,
	);
	if (code !== 0) {
		throw notStartable(
			`initdb could not make a cluster in ${paths.dataDir} (exit code ${code}): ` +
				`${output.split('\n').slice(-3).join(' ')}; check free space and rights of that folder`,
		);
	}
	await keepPassword(paths.password, password);
	await rename(data, paths.cluster);
	if (server.durable) await syncFolder(paths.dataDir);
	await rm(paths.fresh, { recursive: true, force: true });
}

async function keepPassword(file: string, password: string): Promise<void> {
	const aside = `${file}.new`;
	await rm(aside, { force: true });
	await writeFile(aside, `${password}\n`, { mode: 0o600, flush: true });
	await rename(aside, file);
}

/** @throws OrchestrationError `database_not_startable` when it is not there */
export async function readPassword(paths: ClusterPaths): Promise<string> {
	const text = await unless(['ENOENT'], readFile(paths.password, 'utf8'));
	if (text === undefined) {
		throw notStartable(
			`the password of the embedded Postgres is not in ${paths.password}; ` +
				'restore that file from the backup the data folder came from',
		);
	}
	await chmod(paths.password, 0o600);
	return text.trim();
}

/**
 * As root we can hand a folder over; an ordinary user can only ask for it.
 * @throws OrchestrationError `database_not_startable` when the cluster is somebody else's
 */
export async function refuseForeignOwner(runAs: RunAs, paths: ClusterPaths): Promise<void> {
	const { uid } = runAs.owner;
	const found = await unless(['ENOENT'], stat(paths.cluster));
	if (runAs.way !== 'as-is' || !found || found.uid === uid) return;
	throw notStartable(
		`${paths.cluster} belongs to user id ${found.uid}, the sidecar runs as ${uid}; ` +
			`run it as that user, or hand the folder over with chown -R ${uid}`,
	);
}

/** Postgres insists on owning its folder; a restored backup may belong to root. */
async function handTo(runAs: RunAs, folder: string): Promise<void> {
	const { uid, gid } = runAs.owner;
	if ((await stat(folder)).uid === uid) return;
	const entries = await readdir(folder, { recursive: true });
	for (const entry of entries) await lchown(path.join(folder, entry), uid, gid);
	// Last: a change that was cut short is seen and done again.
	await lchown(folder, uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
	const handle = await open(folder, 'r');
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}
