/**
 * `npm run bench`: measures ours against a named peer in the same run and writes results.json and
 * results.md beside this file; `npm run bench -- circuits` runs one and replaces only its rows.
 * Machines differ: read the ratios, not the times.
 */
const { execFileSync } = require('node:child_process');
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { ensureN8n } = require('../n8n/install.cjs');

const root = path.join(__dirname, '../..');

/** In the order they are run; each loads its file only when it is asked for. */
const benches = {
	breaker: () => require('./breaker.ts').breaker,
	circuits: () => require('./circuits.ts').circuits,
	dispatch: () => require('./dispatch.ts').dispatch,
	'in-node': () => require('./in-node.ts').inNode,
	parked: () => require('./parked.ts').parked,
	'fan-out': () => require('./fan-out.ts').fanOut,
	'paced-replay': () => require('./paced-replay.ts').pacedReplay,
	'letter-lists': () => require('./letter-lists.ts').letterLists,
	'dead-letters': () => require('./dead-letters.ts').deadLetters,
	'temporal-fan-out': () => require('./temporal-fan-out.ts').temporalFanOut,
	promotion: () => require('./promotion.ts').promotion,
	'rate-limits': () => require('./rate-limits.ts').rateLimits,
	intake: () => require('./intake.ts').intake,
	temporal: () => require('./temporal.ts').temporal,
	console: () => require('./console.ts').consolePages,
	'start-up': () => require('./start-up.ts').startUp,
};

async function main() {
	execFileSync('npm', ['run', '--silent', 'build', '--', '--silent'], {
		cwd: root,
		stdio: 'inherit',
	});
	await ensureN8n({ log: (line) => console.log(line) });
	process.env.TS_NODE_PROJECT = path.join(root, 'test/tsconfig.json');
	require('@swc-node/register');
	const asked = process.argv.slice(2);
	const unknown = asked.filter((name) => !benches[name]);
	if (unknown.length > 0) {
		throw new Error(`there is no bench ${unknown.join(', ')}: ${Object.keys(benches).join(', ')}`);
	}
	const results = [];
	for (const [name, load] of Object.entries(benches)) {
		if (asked.length > 0 && !asked.includes(name)) continue;
		console.log(`=== ${name}`);
		results.push(...(await load()()).map((result) => ({ bench: name, ...result })));
	}
	keep(results);
	console.log(`\n${markdown(results)}`);
	return results.every(({ pass }) => pass !== false) ? 0 : 1;
}

/** What was not run now stays as it was measured last, in the order of the benches. */
function keep(results) {
	const file = path.join(__dirname, 'results.json');
	const now = new Set(results.map(({ bench }) => bench));
	const before = JSON.parse(readFileSync(file, 'utf8')).filter(({ bench }) => !now.has(bench));
	const order = Object.keys(benches);
	const all = [...before, ...results].sort(
		(one, other) => order.indexOf(one.bench) - order.indexOf(other.bench),
	);
	writeFileSync(file, `${JSON.stringify(all, null, '\t')}\n`);
	writeFileSync(path.join(__dirname, 'results.md'), markdown(all));
}

function met(pass) {
	if (pass === null) return '–';
	return pass ? 'yes' : 'no';
}

function markdown(results) {
	const rows = results.map(
		({ name, ours, peer, unit, ratio, goal, pass }) =>
			`| ${name} | ${ours} ${unit} | ${peer} ${unit} | ${ratio} | ${goal ?? '–'} | ${met(pass)} |`,
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
