const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { setTimeout: delay } = require('node:timers/promises');

/**
 * Ends the Postgres of a test run and waits until it is gone. Does nothing when there is none.
 * @param {string} runDir the ORCHESTRATION_TEST_RUN_DIR of the run
 */
exports.stopSharedPostgres = async (runDir) => {
	const registry = path.join(runDir, 'postgres.json');
	if (!existsSync(registry)) return;
	const { keeperPid } = JSON.parse(readFileSync(registry, 'utf8'));
	for (let waited = 0; waited < 40_000; waited += 50) {
		try {
			process.kill(keeperPid, waited === 0 ? 'SIGTERM' : 0);
		} catch {
			return;
		}
		await delay(50);
	}
	throw new Error(`the Postgres of the test run (keeper ${keeperPid}) does not end`);
};
