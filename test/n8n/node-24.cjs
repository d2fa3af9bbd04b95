/** n8n needs Node 24: where its program is, where its headers are, and how npm runs on it. */
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const REPOSITORY = path.resolve(__dirname, '../..');
const NEEDED_MAJOR = 24;
const SHOW_ELAPSED_EVERY_MS = 30_000;
const TAIL_LINES = 40;

/** The running Node when it is new enough, else the one that the repository brings along. */
function node24() {
	if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) return process.execPath;
	const brought = path.join(REPOSITORY, 'node_modules/node/bin/node');
	if (fs.existsSync(brought)) return brought;
	throw new Error(
		`n8n needs Node ${NEEDED_MAJOR}; this is ${process.version} and ${brought} does not exist. ` +
			'Run npm ci in the repository first.',
	);
}

/** The folder whose include/node holds the headers of that Node, when one is on this machine. */
function headersOf(node) {
	const platform = `node-${process.platform}-${process.arch}`;
	const nodePackage = path.resolve(path.dirname(node), '..');
	return [
		path.join(nodePackage, 'node_modules', platform),
		path.join(nodePackage, '..', platform),
		path.join(REPOSITORY, 'node_modules/node/node_modules', platform),
		path.join(REPOSITORY, 'node_modules', platform),
		nodePackage,
	].find((folder) => fs.existsSync(path.join(folder, 'include/node/node.h')));
}

/** What an outer npm script puts into the environment would make an inner npm act on the outer one. */
function environmentFor(node) {
	const fromOuterNpm = /^npm_(package_|lifecycle_|command$|config_(local_prefix|workspace))/i;
	const env = Object.fromEntries(
		Object.entries(process.env).filter(
			([name]) => !fromOuterNpm.test(name) && name !== 'NODE_OPTIONS' && name !== 'NODE_ENV',
		),
	);
	env.PATH = `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`;
	const headers = headersOf(node);
	if (headers) env.npm_config_nodedir = headers;
	return env;
}

/**
 * Runs a program in `folder` on Node 24, adding its output to `logFile`, and says every half minute
 * that it still runs. Throws with the end of the output when it fails.
 */
async function run(program, args, { folder, logFile, log, what, env = {} }) {
	const started = Date.now();
	const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
	const output = fs.openSync(logFile, 'a');
	const timer = setInterval(() => log(`  ${what}: ${elapsed()} so far`), SHOW_ELAPSED_EVERY_MS);
	try {
		await new Promise((resolve, reject) => {
			spawn(program, args, {
				cwd: folder,
				env: { ...environmentFor(node24()), ...env },
				stdio: ['ignore', output, output],
				shell: process.platform === 'win32',
			})
				.on('error', reject)
				.on('exit', (code, signal) => {
					if (code === 0) resolve();
					else reject(new Error(`it ended with ${code ?? signal} after ${elapsed()}`));
				});
		});
	} catch (error) {
		const tail = fs.readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES);
		throw new Error(
			`${what} failed: ${error.message}. The command was \`${[path.basename(program), ...args].join(' ')}\`; ` +
				`the end of its output:\n${tail.join('\n')}`,
			{ cause: error },
		);
	} finally {
		clearInterval(timer);
		fs.closeSync(output);
	}
	log(`  ${what}: done in ${elapsed()}`);
}

module.exports = { node24, run };
