/**
 * Lints texts as if they stood in the files named: `[{file, code}]` on stdin, the refusing rules of
 * each on stdout. A process of its own, because ESLint imports its config dynamically, which jest
 * cannot.
 */
const { readFileSync } = require('node:fs');
const path = require('node:path');
const { ESLint } = require('eslint');

const root = path.resolve(__dirname, '../..');

async function main() {
	const eslint = new ESLint({ cwd: root });
	const refusals = [];
	for (const { file, code } of JSON.parse(readFileSync(0, 'utf8'))) {
		const [result] = await eslint.lintText(code, { filePath: path.join(root, file) });
		if (!result) throw new Error(`${file} is not linted`);
		refusals.push(result.messages.map(({ ruleId, message }) => ruleId ?? message));
	}
	process.stdout.write(JSON.stringify(refusals));
}

main().catch((error) => {
	console.error(error);
	process.exitCode = 1;
});
