/**
 * Builds the Temporal CLI, whose `server start-dev` is a real Temporal server, once into the cache
 * folder. Takes Go from this machine; without Go, @temporalio/testing fetches the program.
 */
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { withFolderLock } = require('../n8n/folder-lock.cjs');
const { cacheRoot } = require('../n8n/install.cjs');
const { run } = require('../n8n/node-24.cjs');

/** The newest one whose go.mod has no replace directive, which `go install` refuses. */
const VERSION = 'v1.5.0';
const PROGRAM = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Throws unless the file is a Temporal CLI that runs here. */
function proven(program) {
	try {
		execFileSync(program, ['--version'], { stdio: 'pipe', timeout: 60_000 });
		return program;
	} catch (error) {
		throw new Error(`${program} is no Temporal CLI that runs here: ${error.message}`, {
			cause: error,
		});
	}
}

function hasGo() {
	try {
		execFileSync('go', ['version'], { stdio: 'pipe' });
		return true;
	} catch (error) {
		if (error.code === 'ENOENT') return false;
		throw error;
	}
}

async function build(folder, log) {
	log(`building the Temporal CLI ${VERSION}, once, some minutes, into ${path.dirname(folder)}`);
	await run(
		'go',
		['install', '-ldflags=-s -w', `github.com/temporalio/cli/cmd/temporal@${VERSION}`],
		{
			folder,
			logFile: path.join(folder, 'install.log'),
			log,
			what: 'building Temporal',
			// Its module of the web pages is not in the checksum database.
			env: { GOBIN: folder, GONOSUMDB: 'github.com/temporalio/ui-server' },
		},
	);
}

/** Starting the ephemeral server is how @temporalio/testing fetches it. */
async function fetchProgram(folder, log) {
	log(`there is no Go on this machine: @temporalio/testing fetches the Temporal CLI`);
	const { TestWorkflowEnvironment } = require('@temporalio/testing');
	const environment = await TestWorkflowEnvironment.createLocal({
		server: { executable: { type: 'cached-download', downloadDir: folder } },
	});
	await environment.teardown();
	const fetched = fs.readdirSync(folder).find((name) => name.startsWith('temporal'));
	if (fetched === undefined) throw new Error(`it left no program in ${folder}`);
	fs.renameSync(path.join(folder, fetched), path.join(folder, PROGRAM));
}

/** Makes the folder beside its final place and moves it there when it is whole. */
async function install(dir, log) {
	const unfinished = `${dir}.unfinished-${process.pid}`;
	fs.mkdirSync(unfinished, { recursive: true });
	try {
		await (hasGo() ? build(unfinished, log) : fetchProgram(unfinished, log));
		proven(path.join(unfinished, PROGRAM));
		fs.renameSync(unfinished, dir);
	} catch (error) {
		throw new Error(
			'The tests need a Temporal server and none can be had. Put Go on the PATH, or name a ' +
				`Temporal CLI in TEMPORAL_CLI_PATH. What went wrong: ${error.message}`,
			{ cause: error },
		);
	} finally {
		fs.rmSync(unfinished, { recursive: true, force: true });
	}
}

/** See install.d.cts. */
async function ensureTemporal({ log = console.error } = {}) {
	const given = process.env.TEMPORAL_CLI_PATH;
	if (given) return proven(path.resolve(given));
	const dir = path.join(cacheRoot(), `temporal-${VERSION}`);
	const program = path.join(dir, PROGRAM);
	if (fs.existsSync(program)) return program;
	return await withFolderLock(
		`${dir}.lock`,
		async () => {
			if (!fs.existsSync(program)) await install(dir, log);
			return program;
		},
		() => log('another process builds the Temporal CLI right now; waiting for it'),
	);
}

module.exports = { ensureTemporal };

if (require.main === module) {
	ensureTemporal().then(
		(program) => console.log(program),
		(error) => {
			console.error(error.message);
			process.exitCode = 1;
		},
	);
}
