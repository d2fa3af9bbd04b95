import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { ownTemporaryFolder } from './temporary-folders.cjs';

const execute = promisify(execFile);
const REPOSITORY = path.resolve(__dirname, '../../..');

/**
 * Installs a packed node pack into the n8n whose user folder is given, the way n8n's own screen and
 * a user's `npm install` do. n8n loads it at its next start.
 */
export async function installPack(folder: string, tarball: string): Promise<void> {
	const nodes = path.join(folder, '.n8n', 'nodes');
	mkdirSync(nodes, { recursive: true });
	const manifest = path.join(nodes, 'package.json');
	if (!existsSync(manifest)) {
		writeFileSync(manifest, JSON.stringify({ name: 'installed-nodes', private: true }));
	}
	// n8n-workflow is a peer that n8n itself brings; npm must not fetch another.
	await npm(nodes, ['install', path.resolve(tarball), '--ignore-scripts', '--legacy-peer-deps']);
}

/** Packs a folder as npm would publish it and returns the tarball. Default: this repository, built before. */
export async function packPack(packFolder: string = REPOSITORY): Promise<string> {
	const into = ownTemporaryFolder('pack');
	const printed = await npm(packFolder, [
		'pack',
		'--json',
		'--ignore-scripts',
		'--pack-destination',
		into,
	]);
	const [packed] = JSON.parse(printed) as { filename: string; files: { path: string }[] }[];
	if (packed === undefined) throw new Error(`npm pack in ${packFolder} made nothing.`);
	if (!packed.files.some((file) => file.path.startsWith('dist/'))) {
		throw new Error(`The pack in ${packFolder} has no dist/. Run npm run build first.`);
	}
	return path.join(into, packed.filename);
}

async function npm(folder: string, args: string[]): Promise<string> {
	// Settings of an outer npm script (`npm test`) would make this npm act on the outer package.
	const env = Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) =>
				!/^npm_(package_|lifecycle_|command$|config_(local_prefix|workspace))/i.test(name) &&
				!['NODE_ENV', 'NODE_OPTIONS'].includes(name),
		),
	);
	const { stdout } = await execute(
		'npm',
		[...args, '--no-audit', '--no-fund', '--loglevel=error'],
		{
			cwd: folder,
			env,
			shell: process.platform === 'win32',
			maxBuffer: 64 * 1024 * 1024,
		},
	);
	return stdout;
}
