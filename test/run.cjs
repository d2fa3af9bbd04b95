/**
 * `npm test`: builds, installs n8n once, runs every test, says what each stage took, and ends with a
 * line `N passed, N failed`. Arguments go to jest.
 */
const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync, rmSync } = require('node:fs');
const path = require('node:path');
const { ensureN8n } = require('./n8n/install.cjs');
const { beginSharedRun } = require('./support/n8n/shared-run.cjs');
const { ensureTemporal } = require('./temporal/install.cjs');
const { stopSharedPostgres } = require('./support/postgres/stop-shared-postgres.cjs');

const root = path.join(__dirname, '..');
const stages = [];

async function stage(name, work) {
	const started = Date.now();
	console.log(`\n=== ${name}`);
	try {
		return await work();
	} finally {
		stages.push({ name, seconds: Math.round((Date.now() - started) / 1000) });
	}
}

function command(file, args, env = {}) {
	const { status, error } = spawnSync(file, args, {
		cwd: root,
		stdio: 'inherit',
		env: { ...process.env, ...env },
	});
	if (error) throw error;
	return status;
}

async function build() {
	if (command('npm', ['run', '--silent', 'build']) !== 0) throw new Error('the build failed');
}

/** A test file that does not even load counts as one failed test. */
function countsOf(file) {
	if (!existsSync(file)) return { passed: 0, failed: 1 };
	const results = JSON.parse(readFileSync(file, 'utf8'));
	return {
		passed: results.numPassedTests,
		failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
	};
}

/** What chaos is in a run of all tests: alone on the machine, after the others. */
const shortChaos = { CHAOS_EVENTS: '300', CHAOS_KILLS: '4' };

async function test(args, env = {}) {
	const run = beginSharedRun();
	try {
		const results = path.join(run.folder, 'results.out');
		const jest = require.resolve('jest/bin/jest');
		command(process.execPath, [jest, '--json', `--outputFile=${results}`, ...args], {
			...run.env,
			...env,
		});
		return countsOf(results);
	} finally {
		await stopSharedPostgres(run.folder);
		rmSync(path.join(run.folder, 'postgres.json'), { force: true });
		await run.end();
	}
}

async function main() {
	await stage('build', build);
	const log = (line) => console.log(line);
	await Promise.all([
		stage('n8n', () => ensureN8n({ log })),
		stage('temporal', () => ensureTemporal({ log })),
	]);
	const args = process.argv.slice(2);
	const counts = [await stage('tests', () => test(args))];
	if (args.length === 0) {
		counts.push(await stage('chaos', () => test(['test/chaos'], shortChaos)));
	}
	const sum = (of) => counts.reduce((total, each) => total + of(each), 0);
	const [passed, failed] = [sum((each) => each.passed), sum((each) => each.failed)];
	console.log(`\n${stages.map(({ name, seconds }) => `${name} ${seconds} s`).join(', ')}`);
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 && passed > 0 ? 0 : 1;
}

main().then(
	(code) => process.exit(code),
	(error) => {
		console.error(error);
		console.log('0 passed, 1 failed');
		process.exit(1);
	},
);
