import { readFileSync } from 'node:fs';
import path from 'node:path';

import { expectOk } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import {
	callWebhook,
	createWorkflow,
	executionOf,
	publish,
	type StoredExecution,
	waitForExecution,
} from '../support/n8n/workflow-runs';
import {
	chain,
	codeNode,
	node,
	type NodeBody,
	subWorkflow,
	type WorkflowBody,
} from '../support/n8n/workflows';
import { dataOf, ended, leaving, parkingScene, type ParkingScene } from './support/parking-scene';
import { startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

const EXAMPLE = path.resolve(__dirname, '../../docs/examples/fan-out.json');

let scene: ParkingScene;
/** Resumes what asks it to; notes what else comes. */
let service: ScriptedSidecar;

beforeAll(async () => {
	service = await startScriptedSidecar();
	service.answer(({ route, body }) => {
		if (route === 'POST /resume-me') void resume((body as { url: string }).url);
		return { body: {} };
	});
	scene = await parkingScene();
}, 900_000);

afterAll(async () => {
	await scene?.stop();
	await service?.close();
}, 60_000);

async function resume(url: string): Promise<void> {
	await until('the child to take its resume call', async () => {
		const { ok } = await fetch(url, { method: 'POST' });
		return ok || undefined;
	});
}

/** The example, with its webhook path and the workflow put in. */
function caller(
	at: string,
	workflowId: unknown,
	more: object = {},
	extras: Partial<NodeBody> = {},
) {
	const body = JSON.parse(readFileSync(EXAMPLE, 'utf8')) as WorkflowBody;
	return {
		...body,
		name: at,
		nodes: body.nodes.map((each) => {
			if (each.name === 'Webhook') {
				return { ...each, parameters: { ...each.parameters, path: at }, webhookId: at };
			}
			if (each.name !== 'Fan Out') return each;
			const chosen =
				typeof workflowId === 'string' && !workflowId.startsWith('=')
					? { __rl: true, mode: 'id', value: workflowId }
					: workflowId;
			const parameters = { ...each.parameters, workflowId: chosen, options: {}, ...more };
			const { credentials } = scene.ours('Fan Out', 'fanOut', {});
			return { ...each, parameters, credentials, ...extras } as NodeBody;
		}),
	};
}

const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
	inputSource: 'passthrough',
});
const pause = (amount: number | string) =>
	node('Pause', 'n8n-nodes-base.wait', 1.1, { resume: 'timeInterval', amount, unit: 'seconds' });

async function runOf(
	at: string,
	body: WorkflowBody,
	orders: object[],
	status = 'success',
): Promise<StoredExecution> {
	const id = await scene.published(body);
	await callWebhook(scene.n8n, at, { orders });
	const done = await waitForExecution(scene.n8n, { workflowId: id, status }, 60_000);
	return await executionOf(scene.n8n, done.id);
}

const orders = (count: number) => Array.from({ length: count }, (_, order) => ({ order }));
const numbers = (items: Array<{ json: Record<string, unknown> }>) =>
	items.map(({ json }) => json['order']);

it('runs children at the same time and collects in the order of the items', async () => {
	const code =
		"const [{ json }] = $input.all(); if (json.order === 3) throw new Error('no stock');";
	const child = await scene.published(
		chain('fan out slow', [
			start,
			pause('={{ $json.order === 0 ? 2 : 1 }}'),
			codeNode('Book', `${code} return $input.all();`),
		]),
	);
	const execution = await runOf('fan-slow', caller('fan-slow', child, { atOnce: 3 }), orders(6));
	const { data } = expectOk(
		'list the children',
		await scene.n8n.api<{ data: StoredExecution[] }>(`/executions?workflowId=${child}`),
	);

	expect(numbers(leaving(execution, 'Booked'))).toEqual([0, 1, 2, 4, 5]);
	expect(leaving(execution, 'Fan Out').map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 1, 2, 4, 5].map((item) => ({ item })),
	);
	expect(leaving(execution, 'Not booked')).toMatchObject([
		{
			json: {
				order: 3,
				error: {
					message: expect.stringContaining('no stock') as string,
					lastNode: 'Book',
					reason: 'not-retryable',
				},
			},
		},
	]);
	const times = data.map(({ startedAt, stoppedAt }) => ({
		from: Date.parse(startedAt),
		to: Date.parse(stoppedAt ?? ''),
	}));
	const mostAtOnce = Math.max(
		...times.map((one) => times.filter(({ from, to }) => from <= one.from && one.from < to).length),
	);
	expect(mostAtOnce).toBe(3);
});

it('loses no result of children that wait at the same time', async () => {
	const ask = node('Ask', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${service.url}/resume-me`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify({ url: $execution.resumeUrl }) }}',
		options: {},
	});
	const wait = node(
		'Wait',
		'n8n-nodes-base.wait',
		1.1,
		{ resume: 'webhook', httpMethod: 'POST', options: {} },
		{ webhookId: '4c6f7cf5-4d9c-4b7e-8d6c-6a3f0b1a9d10' },
	);
	const done = codeNode('Done', "return [{ json: { order: $('Start').first().json.order } }];");
	const child = await scene.published(chain('fan out waiting', [start, ask, wait, done]));
	const execution = await runOf('fan-waiting', caller('fan-waiting', child), orders(5));

	expect(numbers(leaving(execution, 'Booked'))).toEqual([0, 1, 2, 3, 4]);
	expect(leaving(execution, 'Not booked')).toEqual([]);
});

it('has n8n stop a run at its deadline, and waits for it no longer', async () => {
	const child = await scene.published(
		chain('fan out late', [
			start,
			pause('={{ $json.order ? 3 : 0.1 }}'),
			codeNode('Book', 'return $input.all();'),
		]),
	);
	const options = { deadlineSeconds: 1 };
	const execution = await runOf('fan-late', caller('fan-late', child, { options }), orders(2));

	expect(numbers(leaving(execution, 'Booked'))).toEqual([0]);
	expect(leaving(execution, 'Not booked')).toMatchObject([
		{ json: { order: 1, error: { name: 'DeadlineExceeded', reason: 'deadline' } } },
	]);
	const late = await waitForExecution(scene.n8n, { workflowId: child, status: 'canceled' });
	const { runData } = dataOf(await executionOf(scene.n8n, late.id)).resultData;
	expect(Object.keys(runData)).not.toContain('Book');
});

it('begins no more children once the execution is cancelled', async () => {
	const child = await scene.published(chain('fan out cancelled', [start, pause(2)]));
	const id = await scene.published(caller('fan-cancelled', child, { atOnce: 1 }));
	const children = async () =>
		expectOk(
			'list the children',
			await scene.n8n.api<{ data: StoredExecution[] }>(
				`/executions?workflowId=${child}&status=running`,
			),
		).data;
	await callWebhook(scene.n8n, 'fan-cancelled', { orders: orders(5) });
	const running = await waitForExecution(scene.n8n, { workflowId: id, status: 'running' });
	await until('the first child', async () => (await children()).length > 0 || undefined);
	expectOk('stop it', await scene.n8n.api(`/executions/${running.id}/stop`, { method: 'POST' }));
	await ended(scene, running.id);
	await until('the child to end', async () => (await children()).length === 0 || undefined);

	const { data } = expectOk(
		'list the children',
		await scene.n8n.api<{ data: StoredExecution[] }>(`/executions?workflowId=${child}`),
	);
	expect(data).toHaveLength(1);
});

describe('a sub-workflow that cannot be run', () => {
	const cases: Array<[string, object, boolean, string]> = [
		['is not published', {}, false, 'Publish that workflow'],
		['refuses this caller', { callerPolicy: 'none' }, true, 'let this workflow call it'],
	];

	it.each(cases)('fails saying what to do when it %s', async (how, settings, live, cure) => {
		const at = `fan-${how.replaceAll(' ', '-')}`;
		const body = subWorkflow(at);
		const { id } = await createWorkflow(scene.n8n, {
			...body,
			settings: { ...body.settings, ...settings },
		});
		if (live) await publish(scene.n8n, id);
		const execution = await runOf(at, caller(at, `={{ "${id}" }}`), orders(2), 'error');

		expect(dataOf(execution).resultData.lastNodeExecuted).toBe('Fan Out');
		expect(dataOf(execution).resultData.error?.description).toContain(cure);
	});

	it('sends such items to the error output, and loses none', async () => {
		const child = await scene.published(subWorkflow('fan out good'));
		const { id: draft } = await createWorkflow(scene.n8n, subWorkflow('fan out draft'));
		const webhookOnly = await scene.published(
			chain('fan out without trigger', [
				node('Hook', 'n8n-nodes-base.webhook', 2, { path: 'fan-no-trigger', options: {} }),
				codeNode('Work', 'return $input.all();'),
			]),
		);
		const body = caller(
			'fan-mixed',
			'={{ $json.workflow }}',
			{},
			{ onError: 'continueErrorOutput' },
		);
		const refused = codeNode('Refused', 'return $input.all();');
		const outputs = body.connections['Fan Out']?.main ?? [];
		const execution = await runOf(
			'fan-mixed',
			{
				...body,
				nodes: [...body.nodes, refused],
				connections: {
					...body.connections,
					'Fan Out': {
						main: [...outputs, [{ node: 'Refused', type: 'main', index: 0 }]],
					},
				},
			},
			[
				{ order: 0, workflow: draft },
				{ order: 1, workflow: child },
				{ order: 2, workflow: 'nowhere' },
				{ order: 3, workflow: webhookOnly },
				{ order: 4 },
			],
		);

		expect(numbers(leaving(execution, 'Booked'))).toEqual([1]);
		expect(leaving(execution, 'Not booked')).toEqual([]);
		expect(numbers(leaving(execution, 'Refused'))).toEqual([0, 2, 3, 4]);
		expect(
			leaving(execution, 'Refused').map(
				({ json }) => (json['error'] as { description: string }).description,
			),
		).toEqual([
			expect.stringContaining('Publish'),
			expect.stringContaining('Publish'),
			expect.stringContaining('Execute Sub-workflow Trigger'),
			expect.stringContaining('field Workflow'),
		]);
	});
});
