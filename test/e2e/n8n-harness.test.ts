import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { expectOk } from '../support/n8n/n8n-requests';
import { packPack } from '../support/n8n/pack';
import { groupEnded, startGroup } from '../support/n8n/process-group';
import { groupMembers } from '../support/n8n/running-processes.cjs';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { beginSharedRun } from '../support/n8n/shared-run.cjs';
import { ownTemporaryFolder } from '../support/n8n/temporary-folders.cjs';
import {
	callWebhook,
	createWorkflow,
	executionOf,
	publish,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import {
	callingWorkflow,
	errorWorkflow,
	subWorkflow,
	webhookWorkflow,
} from '../support/n8n/workflows';

const PACK = 'n8n-nodes-harness-probe';

/** A pack with one node, Mark, that adds `marked: true` to each item. */
async function probePack(): Promise<string> {
	const folder = ownTemporaryFolder('pack');
	mkdirSync(path.join(folder, 'dist'));
	writeFileSync(
		path.join(folder, 'package.json'),
		JSON.stringify({
			name: PACK,
			version: '1.0.0',
			keywords: ['n8n-community-node-package'],
			peerDependencies: { 'n8n-workflow': '*' },
			files: ['dist'],
			n8n: { n8nNodesApiVersion: 1, nodes: ['dist/Mark.node.js'] },
		}),
	);
	writeFileSync(
		path.join(folder, 'dist', 'Mark.node.js'),
		`exports.Mark = class {
			description = {
				displayName: 'Mark', name: 'mark', group: ['transform'], version: 1, description: '',
				defaults: { name: 'Mark' }, inputs: ['main'], outputs: ['main'], properties: [],
			};
			async execute() {
				return [this.getInputData().map(({ json }, item) =>
					({ json: { ...json.body, marked: true }, pairedItem: { item } }))];
			}
		};`,
	);
	return await packPack(folder);
}

describe('a real n8n', () => {
	let n8n: N8nInstance;

	beforeAll(async () => {
		n8n = await startN8n({ packs: [await probePack()] });
	}, 180_000);

	afterAll(async () => {
		await n8n?.stop();
	}, 60_000);

	it('has an owner for the editor and a key for the public API', async () => {
		const me = await n8n.rest<{ data: { email: string } }>('/login');
		expect(me.body.data.email).toBe(n8n.owner.email);
		expect((await n8n.api('/workflows')).status).toBe(200);
		expect((await n8n.api('/workflows', { headers: { 'x-n8n-api-key': 'wrong' } })).status).toBe(
			401,
		);
	});

	it('runs a published workflow when its webhook is called and shows the execution', async () => {
		const workflow = await createWorkflow(
			n8n,
			webhookWorkflow({
				name: 'Doubles',
				path: 'doubles',
				respond: 'lastNode',
				code: 'return [{ json: { twice: $json.body.n * 2 } }];',
			}),
		);
		expect((await callWebhook(n8n, 'doubles', { n: 1 })).status).toBe(404);
		await publish(n8n, workflow.id);
		const answer = await callWebhook<{ twice: number }>(n8n, 'doubles', { n: 21 });
		expect(answer.body).toEqual({ twice: 42 });
		const { id } = await waitForExecution(n8n, { workflowId: workflow.id, status: 'success' });
		const execution = await executionOf(n8n, id);
		expect(JSON.stringify(execution.data)).toContain('"twice":42');
	});

	it('runs the error workflow of one that fails', async () => {
		const onError = await createWorkflow(n8n, errorWorkflow('On error'));
		await publish(n8n, onError.id);
		const failing = await createWorkflow(
			n8n,
			webhookWorkflow({
				name: 'Fails',
				path: 'fails',
				code: "throw new Error('out of stock');",
				errorWorkflow: onError.id,
			}),
		);
		await publish(n8n, failing.id);
		await callWebhook(n8n, 'fails', { order: 7 });
		const failed = await waitForExecution(n8n, { workflowId: failing.id, status: 'error' });
		const caught = await waitForExecution(n8n, { workflowId: onError.id, status: 'success' });
		const { data } = await executionOf(n8n, caught.id);
		expect(JSON.stringify(data)).toContain('out of stock');
		expect(JSON.stringify(data)).toContain(`/executions/${failed.id}`);
	});

	it('calls a published sub-workflow from another workflow', async () => {
		const child = await createWorkflow(
			n8n,
			subWorkflow('Child', 'return [{ json: { greeting: `hello ${$json.body.name}` } }];'),
		);
		await publish(n8n, child.id);
		const parent = await createWorkflow(n8n, callingWorkflow('Parent', 'parent', child.id));
		await publish(n8n, parent.id);
		const answer = await callWebhook<{ greeting: string }>(n8n, 'parent', { name: 'Ada' });
		expect(answer.body).toEqual({ greeting: 'hello Ada' });
	});

	it('has the nodes of an installed pack', async () => {
		const workflow = await createWorkflow(
			n8n,
			webhookWorkflow({
				name: 'Marks',
				path: 'marks',
				respond: 'lastNode',
				then: [
					{
						id: 'mark',
						name: 'Mark',
						type: `${PACK}.mark`,
						typeVersion: 1,
						position: [0, 0],
						parameters: {},
					},
				],
			}),
		);
		await publish(n8n, workflow.id);
		const answer = await callWebhook(n8n, 'marks', { letter: 'x' });
		expect(answer.body).toEqual({ letter: 'x', marked: true });
	});

	it('keeps its port, key and workflows when it is killed and started again', async () => {
		const { apiKey, baseUrl, pid } = n8n;
		await n8n.kill();
		expect(groupMembers(pid)).toEqual([]);
		await expect(n8n.api('/workflows')).rejects.toThrow();
		await n8n.restart();
		expect(n8n).toMatchObject({ apiKey, baseUrl });
		expect(n8n.pid).not.toBe(pid);
		const answer = await callWebhook<{ twice: number }>(n8n, 'doubles', { n: 4 });
		expect(answer.body).toEqual({ twice: 8 });
		const mine = expectOk('say who I am', await n8n.rest<{ data: { email: string } }>('/login'));
		expect(mine.data.email).toBe(n8n.owner.email);
	}, 120_000);

	it('leaves no process and no temporary folder when it is stopped', async () => {
		const { pid, folder } = n8n;
		expect(groupMembers(pid).length).toBeGreaterThan(1); // its task runner too
		await n8n.stop();
		expect(groupMembers(pid)).toEqual([]);
		expect(existsSync(folder)).toBe(false);
	}, 60_000);
});

it('says what n8n printed when it cannot start, and leaves nothing running', async () => {
	const folder = ownTemporaryFolder('n8n');
	mkdirSync(path.join(folder, '.n8n'));
	writeFileSync(path.join(folder, '.n8n', 'config'), '{"encryptionKey":"of these data"}');
	const start = startN8n({ folder, env: { N8N_ENCRYPTION_KEY: 'another' } });
	await expect(start).rejects.toThrow(/n8n ended while it started[^]*encryption key/i);
	expect(groupMembers(Number(readFileSync(path.join(folder, 'n8n.pid'), 'utf8')))).toEqual([]);
}, 60_000);

it('ends a process group when its owner is killed', async () => {
	const owner = spawn('sleep', ['600']);
	await once(owner, 'spawn');
	const pid = await startGroup({
		program: 'sleep',
		args: ['600'],
		env: { PATH: process.env.PATH ?? '' },
		logFile: path.join(ownTemporaryFolder('run'), 'sleep.log'),
		ownerPid: owner.pid as number,
	});
	expect(groupMembers(pid)).toContain(pid);
	owner.kill('SIGKILL');
	await groupEnded(pid);
	expect(groupMembers(pid)).toEqual([]);
});

it('gives all test files of a run the same instance and ends it with the run', async () => {
	const run = beginSharedRun();
	const before = { ...process.env };
	Object.assign(process.env, run.env);
	try {
		const [one, two] = await Promise.all([sharedN8n('common'), sharedN8n('common')]);
		expect(two.pid).toBe(one.pid);
		expect((await two.api('/workflows')).status).toBe(200);
		await run.end();
		expect(groupMembers(one.pid)).toEqual([]);
		expect(existsSync(run.folder)).toBe(false);
	} finally {
		await run.end();
		process.env = before;
	}
}, 120_000);
