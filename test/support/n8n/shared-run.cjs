/**
 * One test run over several processes: the folder where the n8n instances that its test files
 * share are written down. Plain CommonJS, since the test runner uses it before anything is compiled.
 */
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout: pause } = require('node:timers/promises');
const { isRunning } = require('./running-processes.cjs');
const { ownTemporaryFolder, removeStaleFolders } = require('./temporary-folders.cjs');

const GRACE_MS = 15_000;

/**
 * Begins a run owned by this process. Give `env` to jest; call `end` when it is done. Shared
 * instances end by themselves when this process is gone.
 */
function beginSharedRun() {
	const folder = ownTemporaryFolder('run');
	return {
		folder,
		env: { ORCHESTRATION_TEST_RUN_DIR: folder, ORCHESTRATION_TEST_RUN_PID: String(process.pid) },
		end: async () => {
			await stopShared(folder);
			fs.rmSync(folder, { recursive: true, force: true });
			removeStaleFolders(); // those of the jest processes, gone by now
		},
	};
}

/** Stops every shared instance of the run. */
async function stopShared(folder = process.env.ORCHESTRATION_TEST_RUN_DIR) {
	if (!folder || !fs.existsSync(folder)) return;
	const records = fs.readdirSync(folder).filter((name) => name.endsWith('.json'));
	await Promise.all(
		records.map(async (name) => {
			const file = path.join(folder, name);
			const { pid } = JSON.parse(fs.readFileSync(file, 'utf8'));
			await endGroup(pid);
			fs.rmSync(file);
		}),
	);
}

async function endGroup(pid) {
	const started = Date.now();
	signal(pid, 'SIGTERM');
	while (isRunning(pid) && Date.now() - started < GRACE_MS) await pause(50);
	signal(-pid, 'SIGKILL');
}

function signal(pid, name) {
	try {
		process.kill(pid, name);
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
	}
}

module.exports = { beginSharedRun, stopShared };
