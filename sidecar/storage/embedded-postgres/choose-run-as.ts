import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import type { ClusterPaths } from './cluster-paths';
import { notStartable, unless } from './not-startable';
import { commandAs, waysToRun, type Account, type RunAs } from './run-as';
import { runCommand } from './run-command';
import type { ServerBinaries } from './server-binaries';

/**
 * Tries each way until the server's programs run and can reach the data folder.
 * @throws OrchestrationError `database_not_startable` when none works
 */
export async function chooseRunAs(
	paths: ClusterPaths,
	binaries: ServerBinaries,
): Promise<{ runAs: RunAs; major: number }> {
	const self = ownAccount();
	const refusals: string[] = [];
	for (const runAs of waysToRun(self, self.uid === 0 ? await servant(paths) : self)) {
		const { code, output } = await tryOut(runAs, paths, binaries);
		const version = /^VERSION=(\d+)/m.exec(output);
		if (code === 0 && version) return { runAs, major: Number(version[1]) };
		refusals.push(`${runAs.way}: ${output.split('\n').at(-1) || `exit code ${code}`}`);
	}
	throw notStartable(
		`the Postgres server cannot run here as user id ${self.uid} (${refusals.join('; ')}). ` +
			advice(self, paths),
	);
}

/** `initdb --show` changes nothing, but looks for its user, the server and its files. */
async function tryOut(runAs: RunAs, paths: ClusterPaths, binaries: ServerBinaries) {
	const script = 'cd "$1" && exec "$2" --show -D "$3"';
	const args = ['-c', script, 'sh', paths.dataDir, binaries.initdb, paths.cluster];
	return await runCommand(commandAs(runAs, '/bin/sh', args), '/');
}

function ownAccount(): Account {
	const uid = process.geteuid?.();
	const gid = process.getegid?.();
	if (uid === undefined || gid === undefined) {
		throw notStartable(
			'the embedded Postgres runs on Linux and macOS only; set DATABASE_URL to a Postgres of your own',
		);
	}
	return { uid, gid };
}

/** Who owns the cluster stays its owner; a new one goes to a user every system has. */
async function servant(paths: ClusterPaths): Promise<Account> {
	const known = await unless(['ENOENT'], stat(paths.cluster));
	if (known && known.uid !== 0) return { uid: known.uid, gid: known.gid };
	const users = (await unless(['ENOENT'], readFile('/etc/passwd', 'utf8'))) ?? '';
	const rows = users.split('\n').map((line) => line.split(':'));
	for (const name of ['postgres', '_postgres', 'nobody']) {
		const row = rows.find(([user]) => user === name);
		const account = { uid: Number(row?.[2]), gid: Number(row?.[3]) };
		if (account.uid > 0 && account.gid > 0) return account;
	}
	return { uid: 65_534, gid: 65_534 };
}

function advice(self: Account, { dataDir }: ClusterPaths): string {
	const otherwise = 'or set DATABASE_URL to a Postgres of your own';
	if (self.uid === 0) {
		return (
			`Start the sidecar as an ordinary user, or move its files and ${dataDir} to where ` +
			`ordinary users may enter, or allow setpriv or unshare here, ${otherwise}`
		);
	}
	if (!hasName()) {
		return (
			`User id ${self.uid} has no name in /etc/passwd, which initdb needs: ` +
			`run as a named user, ${otherwise}`
		);
	}
	return `Check the rights on ${dataDir} and on node_modules, ${otherwise}`;
}

function hasName(): boolean {
	try {
		return userInfo().username !== '';
	} catch {
		return false;
	}
}
