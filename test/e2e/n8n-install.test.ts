import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { ensureN8n } from '../n8n/install.cjs';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';

let cache: string;
let packageFolder: string;
const cacheBefore = process.env.ORCHESTRATION_TEST_CACHE;

/** A package folder whose "n8n" is a tarball beside it, so that npm needs no network. */
beforeEach(() => {
	cache = ownTemporaryFolder('run');
	process.env.ORCHESTRATION_TEST_CACHE = cache;
	const fake = path.join(cache, 'fake');
	mkdirSync(path.join(fake, 'bin'), { recursive: true });
	writeFileSync(path.join(fake, 'bin', 'n8n'), '');
	writeFileSync(path.join(fake, 'package.json'), '{"name":"n8n","version":"9.9.9"}');
	execFileSync('npm', ['pack', '--silent', '--pack-destination', cache], { cwd: fake });
	packageFolder = path.join(cache, 'package');
	mkdirSync(packageFolder);
	writeManifest('../n8n-9.9.9.tgz');
});

afterEach(() => {
	if (cacheBefore === undefined) delete process.env.ORCHESTRATION_TEST_CACHE;
	else process.env.ORCHESTRATION_TEST_CACHE = cacheBefore;
});

function writeManifest(tarball: string): void {
	const dependencies = { n8n: `file:${tarball}` };
	const packages = {
		'': { dependencies },
		'node_modules/n8n': { version: '9.9.9', resolved: `file:${tarball}` },
	};
	writeFileSync(path.join(packageFolder, 'package.json'), JSON.stringify({ dependencies }));
	writeFileSync(
		path.join(packageFolder, 'package-lock.json'),
		JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
	);
}

const leftBehind = () => readdirSync(cache).filter((name) => /unfinished|lock/.test(name));

it('installs once when two ask at the same time, and not again later', async () => {
	const lines: string[] = [];
	const log = (line: string) => lines.push(line);
	const both = await Promise.all([
		ensureN8n({ log, packageFolder }),
		ensureN8n({ log, packageFolder }),
	]);
	expect(both[0]).toEqual(both[1]);
	expect(both[0]).toMatchObject({ version: '9.9.9', dir: expect.stringContaining(cache) });
	expect(existsSync(both[0].bin)).toBe(true);
	expect(await ensureN8n({ log, packageFolder })).toEqual(both[0]);
	expect(lines.filter((line) => line.startsWith('installing n8n'))).toHaveLength(1);
	expect(leftBehind()).toEqual([]);
}, 60_000);

it('takes over from an installation that was killed half-way', async () => {
	const { dir } = await ensureN8n({ log: () => undefined, packageFolder });
	const marker = path.join(dir, '.installed.json');
	rmSync(marker);
	writeFileSync(path.join(dir, 'half'), '');
	const dead = spawnSync('true').pid;
	mkdirSync(`${dir}.unfinished-${dead}`);
	mkdirSync(`${dir}.lock`);
	writeFileSync(path.join(`${dir}.lock`, 'holder'), `${dead} ${hostname()}`);

	await ensureN8n({ log: () => undefined, packageFolder });
	expect(existsSync(marker)).toBe(true);
	expect(existsSync(path.join(dir, 'half'))).toBe(false);
	expect(leftBehind()).toEqual([]);
}, 60_000);

it('says what npm said when it cannot install, and leaves nothing half-made', async () => {
	writeManifest('../missing.tgz');
	await expect(ensureN8n({ log: () => undefined, packageFolder })).rejects.toThrow(
		/downloading packages failed[^]*npm ci --ignore-scripts[^]*ENOENT/,
	);
	expect(leftBehind()).toEqual([]);
}, 60_000);
