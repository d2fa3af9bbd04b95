/**
 * `npm run screenshots`: pictures of every page, light and dark, into docs/screenshots;
 * `npm run screenshots -- rehearsal incidents`: of some.
 */
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ensureN8n } = require('../n8n/install.cjs');

const root = path.join(__dirname, '../..');

async function main() {
	execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
	await ensureN8n({ log: (line) => console.log(line) });
	process.env.TS_NODE_PROJECT = path.join(root, 'test/tsconfig.json');
	require('@swc-node/register');
	const { takeScreenshots } = require('../support/browser/screenshots.ts');
	await takeScreenshots(path.join(root, 'docs/screenshots'), process.argv.slice(2));
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		process.exit(1);
	},
);
