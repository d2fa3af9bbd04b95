/**
 * Installs the n8n that tests and the demo run against, once, into a cache folder outside the
 * repository that is keyed by the lock file. Needs nothing but node and npm.
 */
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { withFolderLock } = require('./folder-lock.cjs');
const { node24, run } = require('./node-24.cjs');

/** Written last, so that a folder without it is not a finished installation. */
const MARKER = '.installed.json';
/** The packages with native code that n8n cannot start without; all other install scripts stay off. */
const NATIVE = ['sqlite3', 'isolated-vm'];

function cacheRoot() {
	if (process.env.ORCHESTRATION_TEST_CACHE)
		return path.resolve(process.env.ORCHESTRATION_TEST_CACHE);
	const caches = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
	return path.join(caches, 'n8n-orchestration');
}

function targetFolder(packageFolder) {
	const lock = fs.readFileSync(path.join(packageFolder, 'package-lock.json'));
	const key = createHash('sha256').update(lock).digest('hex').slice(0, 16);
	return path.join(cacheRoot(), `n8n-${key}`);
}

function finished(dir) {
	if (!fs.existsSync(path.join(dir, MARKER))) return undefined;
	const bin = path.join(dir, 'node_modules/n8n/bin/n8n');
	const { version } = JSON.parse(
		fs.readFileSync(path.join(dir, 'node_modules/n8n/package.json'), 'utf8'),
	);
	return { dir, bin, version, node: node24() };
}

async function installInto(dir, packageFolder, log) {
	for (const file of ['package.json', 'package-lock.json']) {
		fs.copyFileSync(path.join(packageFolder, file), path.join(dir, file));
	}
	const step = { folder: dir, logFile: path.join(dir, 'install.log'), log };
	const npm = (args, what) => run('npm', args, { ...step, what });
	await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], 'downloading packages');
	const native = NATIVE.filter((name) => fs.existsSync(path.join(dir, 'node_modules', name)));
	if (native.length > 0) {
		await npm(['rebuild', '--ignore-scripts=false', ...native], 'building native packages');
		const load = native.map((name) => `require('${name}');`).join(' ');
		await run(node24(), ['-e', load], { ...step, what: 'loading native packages' });
	}
}

/** Makes the folder beside its final place and moves it there when it is whole. */
async function install(dir, packageFolder, log) {
	const { dependencies } = JSON.parse(
		fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'),
	);
	const unfinished = `${dir}.unfinished-${process.pid}`;
	fs.rmSync(unfinished, { recursive: true, force: true });
	fs.mkdirSync(unfinished, { recursive: true });
	log(`installing n8n ${dependencies.n8n}, once, about 7 minutes, into ${dir}`);
	try {
		await installInto(unfinished, packageFolder, log);
		fs.writeFileSync(path.join(unfinished, MARKER), JSON.stringify({ n8n: dependencies.n8n }));
		fs.rmSync(dir, { recursive: true, force: true });
		fs.renameSync(unfinished, dir);
	} catch (error) {
		fs.rmSync(unfinished, { recursive: true, force: true });
		throw error;
	}
}

function removeLeftovers(dir) {
	for (const name of fs.readdirSync(path.dirname(dir))) {
		if (!name.startsWith(`${path.basename(dir)}.unfinished-`)) continue;
		fs.rmSync(path.join(path.dirname(dir), name), { recursive: true, force: true });
	}
}

/** See install.d.cts. */
async function ensureN8n({ log = console.error, packageFolder = __dirname } = {}) {
	const dir = targetFolder(packageFolder);
	const there = finished(dir);
	if (there) return there;
	return await withFolderLock(
		`${dir}.lock`,
		async () => {
			if (!finished(dir)) {
				removeLeftovers(dir);
				await install(dir, packageFolder, log);
			}
			return finished(dir);
		},
		() => log('another process installs n8n right now; waiting for it'),
	);
}

module.exports = { ensureN8n, cacheRoot };

if (require.main === module) {
	ensureN8n().then(
		({ dir }) => console.log(dir),
		(error) => {
			console.error(error.message);
			process.exitCode = 1;
		},
	);
}
