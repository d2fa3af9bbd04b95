/** `npm run demo`: builds, installs n8n once, then tells the story (story.ts). Needs nothing but npm ci. */
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { ensureN8n } = require('../n8n/install.cjs');

const root = path.join(__dirname, '../..');

async function main() {
	console.log('Building the node pack and the sidecar …');
	execFileSync('npm', ['run', '--silent', 'build', '--', '--silent'], {
		cwd: root,
		stdio: 'inherit',
	});
	await ensureN8n({ log: (line) => console.log(line) });
	process.env.TS_NODE_PROJECT = path.join(root, 'test/tsconfig.json');
	require('@swc-node/register');
	const { tell } = require('./story.ts');
	await tell({ exit: process.argv.includes('--exit') });
}

main().then(
	() => process.exit(0),
	(error) => {
		console.error(error);
		console.error('demo: failed');
		process.exit(1);
	},
);
