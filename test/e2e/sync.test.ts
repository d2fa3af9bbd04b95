import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { request } from '../support/n8n/n8n-requests';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import { read } from '../support/n8n/workflow-edits';
import { createWorkflow, publish } from '../support/n8n/workflow-runs';
import { subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';
import { codeIn, editCode } from './promotion-scene';

jest.setTimeout(240_000);

const program = path.join(__dirname, '..', '..', 'sidecar', 'dist', 'sync', 'main.js');
const folder = ownTemporaryFolder('sync');
let n8n: N8nInstance;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let orders = '';

beforeAll(async () => {
	n8n = await startN8n();
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	await operatorOf(sidecar).register('dev', n8n, { deadLetters: { follow: false } });
	const body = webhookWorkflow({ name: 'Orders: intake', path: 'sync-orders', code: 'return [];' });
	orders = (await createWorkflow(n8n, body)).id;
	await publish(n8n, orders);
	await createWorkflow(n8n, subWorkflow('Receipt'));
	git('init', '--quiet');
});
afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
	await n8n?.stop();
});

const git = (...args: string[]) =>
	execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
		cwd: folder,
		encoding: 'utf8',
	});

interface Ended {
	status: number;
	stdout: string;
	stderr: string;
}

/** Not waited for in one breath: connections that n8n closes meanwhile have to be seen closed. */
async function sync(command: string, ...more: string[]): Promise<Ended> {
	return await syncAs(sidecar.token, command, ...more);
}

async function syncAs(token: string, command: string, ...more: string[]): Promise<Ended> {
	const args = [program, command, '--environment', 'dev', '--folder', folder, ...more];
	const env = { ORCHESTRATION_URL: sidecar.url, ORCHESTRATION_TOKEN: token };
	return await new Promise((resolve) => {
		const child = execFile(process.execPath, args, { env }, (_, stdout, stderr) => {
			resolve({ status: child.exitCode ?? -1, stdout, stderr });
		});
	});
}

const files = () => readdirSync(folder).filter((name) => name.endsWith('.json'));
const fileOf = (slug: string) => {
	const name = files().find((each) => each.startsWith(`${slug}--`));
	if (name === undefined) throw new Error(`no file of ${slug} among ${files().join(', ')}`);
	return path.join(folder, name);
};
const change = (file: string, from: string, to: string) => {
	writeFileSync(file, readFileSync(file, 'utf8').replace(from, to));
};

it('writes one readable file a workflow, and nothing when nothing has changed', async () => {
	expect(await sync('export')).toMatchObject({ status: 0, stderr: '' });
	expect(files()).toHaveLength(3);
	const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
	expect(manifest).toMatchObject({
		environment: 'dev',
		workflows: [
			{ name: 'Orders: intake', active: true, file: path.basename(fileOf('orders-intake')) },
			{ name: 'Receipt', active: false },
		],
	});
	git('add', '-A');
	git('commit', '--quiet', '-m', 'first');
	expect(await sync('export')).toMatchObject({ status: 0 });
	expect(git('status', '--porcelain')).toBe('');
});

it('shows one changed line for one changed parameter', async () => {
	await editCode(n8n, orders, 'return [{ json: { by: "hand" } }];');
	await sync('export', '--message', 'by hand');
	expect(git('diff', '--numstat').split('\t').slice(0, 2)).toEqual(['1', '1']);
	git('commit', '--quiet', '-a', '-m', 'second');
});

it('shows what an import would do, and does nothing before it is told to', async () => {
	change(fileOf('orders-intake'), 'by: \\"hand\\"', 'by: \\"git\\"');
	const { status, stdout } = await sync('import');
	expect(status).toBe(2);
	expect(stdout).toContain('by: \\"git\\"');
	expect(stdout).toContain('1 as they are');
	expect(codeIn((await read(n8n, orders)).nodes)).toContain('hand');
});

it('writes drafts, keeps versions, publishes nothing, and then has nothing more to do', async () => {
	expect(await sync('import', '--yes', '--message', 'from git')).toMatchObject({ status: 0 });
	const stored = await read(n8n, orders);
	expect(codeIn(stored.nodes)).toContain('git');
	expect(codeIn(stored.activeVersion?.nodes)).toBe('return [];');
	const key = path.basename(fileOf('orders-intake')).replace(/^.*--|\.json$/g, '');
	const { body } = await sidecar.api<{ data: Array<{ message: string }> }>(
		`/workflows/${key}/versions`,
	);
	expect(body.data.map(({ message }) => message)).toEqual(['from git', 'by hand', null]);
	expect(git('diff', '--numstat').split('\t').slice(0, 2)).toEqual(['1', '1']);
	expect(await sync('import')).toMatchObject({ status: 0 });
});

it('makes a new workflow of a file without a key, and gives the file one', async () => {
	const copy = JSON.parse(readFileSync(fileOf('receipt'), 'utf8'));
	writeFileSync(path.join(folder, 'mine.json'), JSON.stringify({ ...copy, name: 'Receipt 2' }));
	expect((await sync('import', '--yes')).stdout).toContain('1 written as drafts');
	expect(files()).not.toContain('mine.json');
	expect(readFileSync(fileOf('receipt-2'), 'utf8')).toContain('"name": "Receipt 2"');
	expect(await sync('import')).toMatchObject({ status: 0 });
});

it('refuses files that are no workflows, all at once, and a wrong token', async () => {
	writeFileSync(path.join(folder, 'a--a.json'), '{"name": 1}');
	writeFileSync(path.join(folder, 'b--b.json'), '{');
	const { status, stderr } = await sync('import', '--yes');
	expect(status).toBe(1);
	expect(stderr).toContain('a--a.json');
	expect(stderr).toContain('b--b.json');
	for (const file of ['a--a.json', 'b--b.json']) execFileSync('rm', [path.join(folder, file)]);
	const wrong = await syncAs('wrong-token-0123456789', 'export');
	expect(wrong.status).toBe(1);
	expect(wrong.stderr).toContain('401');
});

it('removes the file of a workflow that is gone, and only that', async () => {
	const file = path.basename(fileOf('receipt-2'));
	const { data } = (await n8n.api<{ data: Array<{ id: string; name: string }> }>('/workflows'))
		.body;
	const gone = data.find(({ name }) => name === 'Receipt 2')?.id ?? '';
	await request(`${n8n.baseUrl}/api/v1/workflows/${gone}`, {
		method: 'DELETE',
		headers: { 'X-N8N-API-KEY': n8n.apiKey },
	});
	writeFileSync(path.join(folder, 'README.md'), 'ours');
	expect((await sync('export')).stdout).toContain(`removed ${file}`);
	expect(readdirSync(folder)).toContain('README.md');
});
