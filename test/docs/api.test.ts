import { rmSync } from 'node:fs';
import { subWorkflow, webhookWorkflow, node } from '../support/n8n/workflows';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { readPage, rewriteBlocks, type Block } from './markdown';
import { differences } from './same-shape';
import { openShell, type Shell } from './shell';
import { stepsOf } from './steps';

jest.setTimeout(300_000);

/**
 * Runs every command of docs/api.md against a real sidecar and two real n8n, and holds each answer
 * against the one shown. UPDATE_DOCS=1 writes the answers into the page instead.
 */
const page = readPage('docs/api.md');
const update = process.env['UPDATE_DOCS'] === '1';

let dev: N8nInstance;
let production: N8nInstance;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let shell: Shell;
let folder: string;

beforeAll(async () => {
	// Its own: what other tests let fail in a shared one would be among these letters and numbers.
	[dev, production] = await Promise.all([startN8n(), startN8n()]);
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	folder = ownTemporaryFolder('docs');
	shell = openShell({
		TOKEN: sidecar.token,
		DEV_KEY: dev.apiKey,
		PRODUCTION_KEY: production.apiKey,
	});
	const { run } = shell;
	await run(`cd ${folder}`);
	for (const [name, value] of Object.entries(await workflows())) await run(`${name}=${value}`);
});

afterAll(async () => {
	await shell?.close();
	await sidecar?.stop();
	await database?.drop();
	await Promise.all([dev?.stop(), production?.stop()]);
	rmSync(folder, { recursive: true, force: true });
});

/** What the page takes for given: a workflow of dev and what it calls, and one that is live. */
async function workflows(): Promise<Record<string, string>> {
	const receipt = await createWorkflow(dev, subWorkflow('Send receipt'));
	const call = node('Send receipt', 'n8n-nodes-base.executeWorkflow', 1.2, {
		workflowId: { __rl: true, mode: 'id', value: receipt.id },
		workflowInputs: { mappingMode: 'defineBelow', value: {} },
		options: {},
	});
	const order = await createWorkflow(
		dev,
		webhookWorkflow({ name: 'Order intake', path: 'docs-orders', then: [call] }),
	);
	const live = await createWorkflow(
		production,
		webhookWorkflow({ name: 'Parcel booking', path: 'docs-parcels' }),
	);
	await publish(production, live.id);
	return { WORKFLOW: order.id, LIVE: live.id };
}

it('shows every route, and none that is not there', async () => {
	const { body } = await sidecar.api<{ paths: Record<string, object> }>('//openapi.json');
	const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
		Object.keys(methods).map((method) => `\`${method.toUpperCase()} ${path}\``),
	);
	const shown = page.headings.filter((heading) => heading.startsWith('`'));
	expect(shown.sort()).toEqual(routes.sort());
});

it('gives the answers that the page shows', async () => {
	const answers = new Map<Block, string>();
	const wrong: string[] = [];
	for (const { heading, command, answer, keep } of stepsOf(page)) {
		if (heading.includes('/diff/')) await changeTheWorkflow();
		const { status, output, errors } = await shell.run(localised(command.text));
		if (status !== 0) throw new Error(`${heading} failed: ${errors}${output}`);
		if (!answer) continue;
		const given: unknown = JSON.parse(output);
		for (const [name, path] of Object.entries(keep)) {
			await shell.run(`${name}=${String(valueAt(given, path))}`);
		}
		answers.set(answer, `${JSON.stringify(published(given), null, 2)}\n`);
		if (update) continue;
		const unlike = differences(JSON.parse(answer.text), given);
		wrong.push(...unlike.map((difference) => `${heading}: ${difference}`));
	}
	if (update) rewriteBlocks(page, answers);
	expect(wrong).toEqual([]);
	expect(answers.size).toBeGreaterThan(30);
});

/** `$OTHER` of the page: the same workflow with another code. */
async function changeTheWorkflow(): Promise<void> {
	const { output } = await shell.run('printf %s "$WORKFLOW"');
	const { body } = await dev.api<{ nodes: { name: string; parameters: object }[] }>(
		`/workflows/${output}`,
	);
	const { name, nodes, connections, settings } = body as unknown as Record<string, never> & {
		nodes: { name: string; parameters: object }[];
	};
	for (const each of nodes) if (each.name === 'Work') each.parameters = { jsCode: 'return [];' };
	await dev.api(`/workflows/${output}`, {
		method: 'PUT',
		body: { name, nodes, connections, settings },
	});
	const made = await sidecar.api<{ id: string }>('/versions', {
		body: { environment: 'dev', workflowId: output },
	});
	await shell.run(`OTHER=${made.body.id}`);
}

/** The addresses of the page are the usual ones; here they are others. */
function localised(text: string): string {
	return text
		.replaceAll('http://localhost:5680', sidecar.url)
		.replaceAll('http://localhost:5678', dev.baseUrl)
		.replaceAll('http://localhost:5679', production.baseUrl);
}

function published(given: unknown): unknown {
	const text = JSON.stringify(given)
		.replaceAll(sidecar.url, 'http://localhost:5680')
		.replaceAll(dev.baseUrl, 'http://localhost:5678')
		.replaceAll(production.baseUrl, 'http://localhost:5679')
		.replaceAll(/orc_[\w-]{43}/g, 'orc_…');
	return JSON.parse(text);
}

function valueAt(value: unknown, path: string): unknown {
	return path
		.split('.')
		.filter(Boolean)
		.reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], value);
}
