/**
 * `npm run bench`: measures ours against a named peer in the same run and writes results.json and
 * results.md beside this file. Machines differ: read the ratios, not the times.
 */
const { execFileSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { ensureN8n } = require('../n8n/install.cjs');

const root = path.join(__dirname, '../..');

async function main() {
	execFileSync('npm', ['run', '--silent', 'build', '--', '--silent'], {
		cwd: root,
		stdio: 'inherit',
	});
	await ensureN8n({ log: (line) => console.log(line) });
	process.env.TS_NODE_PROJECT = path.join(root, 'test/tsconfig.json');
	require('@swc-node/register');
	const { breaker } = require('./breaker.ts');
	const { circuits } = require('./circuits.ts');
	const { promotion } = require('./promotion.ts');
	const { rateLimits } = require('./rate-limits.ts');
	const { startUp } = require('./start-up.ts');
	const results = [
		...(await breaker()),
		...(await circuits()),
		...(await promotion()),
		...(await rateLimits()),
		...(await startUp()),
	];
	writeFileSync(path.join(__dirname, 'results.json'), `${JSON.stringify(results, null, '\t')}\n`);
	const table = markdown(results);
	writeFileSync(path.join(__dirname, 'results.md'), table);
	console.log(`\n${table}`);
	return results.every(({ pass }) => pass) ? 0 : 1;
}

function markdown(results) {
	const rows = results.map(
		({ name, ours, peer, unit, ratio, goal, pass }) =>
			`| ${name} | ${ours} ${unit} | ${peer} ${unit} | ${ratio} | ${goal} | ${pass ? 'yes' : 'no'} |`,
	);
	return [
		'# Benchmarks',
		'',
		'Made by `npm run bench`, ours and the peer in one run.',
		'',
		'| what | ours | peer | ratio | goal | met |',
		'|---|---|---|---|---|---|',
		...rows,
		'',
	].join('\n');
}

main().then(
	(code) => process.exit(code),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
