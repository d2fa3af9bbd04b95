import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { createWorkflow, type StoredWorkflow } from '../support/n8n/workflow-runs';

const release = 'n8nac@2.4.0-next.150';
const run = promisify(execFile);

export interface N8nAsCode {
	/** Writes these workflows to where it has those of dev; asks no n8n. */
	take(workflows: StoredWorkflow[]): Promise<void>;
	/** `n8nac promote`, which updates and publishes one after the other. Name → id in production. */
	promote(): Promise<Record<string, string>>;
}

/** n8n-as-code, installed from the registry into a folder that goes with this process. */
export async function n8nAsCode(dev: N8nConnection, production: N8nConnection): Promise<N8nAsCode> {
	const folder = ownTemporaryFolder('n8nac');
	const env = { ...process.env, HOME: folder, N8NAC_TELEMETRY_DISABLED: '1' };
	const install = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', folder];
	await run('npm', [...install, release], { cwd: folder });
	const cli = path.join(folder, 'node_modules/.bin/n8nac');
	const workspace = path.join(folder, 'workspace');
	mkdirSync(workspace);
	const ask = async (...args: string[]): Promise<string> =>
		(await run(cli, args, { cwd: workspace, env, maxBuffer: 1e8 })).stdout;
	for (const [name, n8n] of Object.entries({ dev, production })) {
		const access = ['--base-url', n8n.baseUrl, '--api-key', n8n.apiKey];
		const project = ['--project-id', await projectOf(n8n), '--project-name', 'Personal'];
		await ask('env', 'add', name, ...access, ...project, '--workflows-path', name);
	}
	return {
		take: async (workflows) => {
			const files = path.join(workspace, 'dev');
			mkdirSync(files, { recursive: true });
			for (const workflow of workflows) {
				writeFileSync(path.join(files, `${workflow.name}.json`), JSON.stringify(workflow));
			}
			await ask('convert-batch', files, '--format', 'typescript', '--force');
		},
		promote: async () => {
			const route = ['--from', 'dev', '--to', 'production', '--overwrite'];
			const said = await ask('promote', ...route, '--no-interactive', '--json');
			const pushed = said.match(/"status": "pushed"/g)?.length ?? 0;
			const kept = path.join(workspace, 'n8nac-promotion.json');
			const { bindings } = (JSON.parse(readFileSync(kept, 'utf8')) as Kept).routes[
				'dev->production'
			];
			const count = Object.keys(bindings.workflows).length;
			if (pushed !== count) throw new Error(`n8nac has pushed ${pushed} of ${count}`);
			return bindings.workflows;
		},
	};
}

interface Kept {
	routes: { 'dev->production': { bindings: { workflows: Record<string, string> } } };
}

/** Without it n8n-as-code names a project that an unlicensed n8n does not have. */
async function projectOf(n8n: N8nConnection): Promise<string> {
	const { id } = await createWorkflow(n8n, {
		name: 'whose project',
		nodes: [],
		connections: {},
		settings: {},
	});
	const { shared } = expectOk(
		'show whose project it is in',
		await n8n.api<{ shared: Array<{ projectId: string }> }>(`/workflows/${id}`),
	);
	return shared[0]?.projectId ?? '';
}
