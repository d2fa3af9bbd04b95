import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readConfig } from '../../sidecar/config';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { callWebhook, createWorkflow } from '../support/n8n/workflow-runs';
import { webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { readPage, repository } from './markdown';
import { differences } from './same-shape';
import { openShell, type Shell } from './shell';
import { sectionOf, stepsOf, type Step } from './steps';

jest.setTimeout(300_000);

let dev: N8nConnection;
let production: N8nConnection;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let operator: Operator;
let shell: Shell;
let folder: string;

beforeAll(async () => {
	[dev, production] = [await sharedN8n('dev'), await sharedN8n('production')];
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	operator = operatorOf(sidecar);
	folder = ownTemporaryFolder('readme');
	shell = openShell({
		TOKEN: sidecar.token,
		DEV_KEY: dev.apiKey,
		PRODUCTION_KEY: production.apiKey,
	});
	await shell.run(`cd ${folder}`);
});

afterAll(async () => {
	await shell?.close();
	await sidecar?.stop();
	await database?.drop();
	rmSync(folder, { recursive: true, force: true });
});

const broken = `const [{ json }] = $input.all();
if (!json.body.address) throw new Error('no address');
return [{ json }];`;
const mended = 'return $input.all();';
const orders = (code: string) =>
	webhookWorkflow({ name: 'Readme orders', path: 'readme-orders', code });

it('leads a new user from an API key to a replayed dead letter, with its own commands', async () => {
	const { id } = await createWorkflow(dev, orders(broken));
	const { page, from, to } = sectionOf('README.md', 'Ten minutes with your own n8n');
	const [connect, check, list, version, plan, apply, look, letters, replay, ...more] = stepsOf(
		page,
		from,
		to,
	);
	expect(more).toEqual([]);

	await does(connect);
	const checked = await does(check);
	expect(checked.match(/"ok": true/g)).toHaveLength(2);
	expect(await does(list)).toContain(`${id}  Readme orders`);
	expect(await does(version, id)).toContain('"number": 1');
	const promote = async () => {
		await does(plan);
		expect(await does(apply)).toContain('applying');
		const promotion = JSON.parse(readFileSync(path.join(folder, 'plan.json'), 'utf8')) as {
			id: string;
		};
		await operator.ended(promotion.id);
		await does(look);
	};
	await promote();

	await callWebhook(production, 'readme-orders', { order: 1 });
	// Other tests' failures in the shared n8n are letters here as well.
	const letter = await operator.letterWhere(
		'environment=production',
		({ workflowName }) => workflowName === 'Readme orders',
	);
	expect(await does(letters)).toContain('no address');

	await dev.api(`/workflows/${id}`, { method: 'PUT', body: orders(mended) });
	expect(await does(version, id)).toContain('"number": 2');
	await promote();
	await does(replay, letter.id);
});

it('names every setting with its default', () => {
	const config = ['sidecar/config.ts', 'sidecar/worker-settings.ts']
		.map((file) => readFileSync(path.join(repository, file), 'utf8'))
		.join('\n');
	const names = [...config.matchAll(/^\t([A-Z_]+): setting\(/gm)].map(([, name = '']) => name);
	const shown = [...readPage('README.md').text.matchAll(/^\| `([A-Z_]+)` +\| ([^|]+?) +\|/gm)];
	expect(shown.map(([, name]) => name).sort()).toEqual(names.sort());

	const defaults = readConfig({});
	const shownFor = Object.fromEntries(shown.map(([, name = '', value = '']) => [name, value]));
	expect(shownFor).toMatchObject({
		PORT: String(defaults.port),
		HOST: defaults.host,
		ORCHESTRATION_DATA_DIR: `./${path.relative('.', defaults.dataDir)}`,
		ORCHESTRATION_BODY_LIMIT: String(defaults.bodyLimitBytes),
		ORCHESTRATION_ALLOWED_ADDRESSES: defaults.allowedAddresses.join(),
		FOLLOW_INTERVAL: String(defaults.followIntervalSeconds),
		RESUMES_AT_ONCE: String(defaults.resumesAtOnce),
		DRIFT_SCHEDULE: `\`${defaults.driftSchedule}\``,
		LOG_LEVEL: defaults.logLevel,
		WORKER_PORT: String(defaults.workerPort),
		WORKER_AT_ONCE: String(defaults.workerAtOnce),
	});
});

/** Runs the commands of a step; what it prints must be what the page shows, where it shows it. */
async function does(step: Step | undefined, id = ''): Promise<string> {
	if (!step) throw new Error('the README has fewer commands than this test expects');
	const command = step.command.text
		.replaceAll('the-id', id)
		.replaceAll('http://localhost:5680', sidecar.url)
		.replaceAll('http://localhost:5678', dev.baseUrl)
		.replaceAll('http://localhost:5679', production.baseUrl);
	const { status, output, errors } = await shell.run(command);
	if (status !== 0) throw new Error(`${step.command.text} failed: ${errors}${output}`);
	if (step.answer)
		expect(differences(JSON.parse(step.answer.text), JSON.parse(output))).toEqual([]);
	return output;
}
