import { randomUUID } from 'node:crypto';
import type { WorkflowContent } from '../../sidecar/engines/port/workflow';
import { runnerName } from '../../sidecar/engines/n8n/runner-workflow';
import { systemClock } from '../../sidecar/kernel/clock';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { chain, codeNode, node, webhookWorkflow } from '../support/n8n/workflows';
import {
	connectionTo,
	contentOf,
	engineFor,
	freshTraceparent,
	nodeOf,
	rememberedState,
	shortlyBefore,
	type TestEngine,
} from './n8n-under-test';

let n8n: N8nConnection;
let engine: TestEngine;
const memory = rememberedState();

beforeAll(async () => {
	n8n = await sharedN8n('engines');
	engine = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey), { memory });
}, 400_000);

const runnerId = (): string => memory.current()?.['runnerWorkflowId'] ?? '';

async function stored(content: WorkflowContent): Promise<WorkflowContent & { id: string }> {
	const { id } = await engine.definitions.create(content);
	return { ...content, id };
}

const hooked = (name: string, code: string, then: Parameters<typeof chain>[1] = []) =>
	contentOf(webhookWorkflow({ name, path: `${name}-${process.pid}`, code, then }));

function request(
	workflow: WorkflowContent & { id: string },
	items: object[],
	triggerNode = 'Webhook',
) {
	const { id: workflowId, ...content } = workflow;
	return {
		workflowId,
		content,
		triggerNode,
		items: items.map((json) => ({ json: json as Record<string, unknown> })),
		traceparent: freshTraceparent(),
		runKey: randomUUID(),
	};
}

it('runs an unpublished webhook workflow with several items and files it under the workflow', async () => {
	const workflow = await stored(
		hooked(
			'several',
			'return $input.all().map(({ json }, at) => ({ json: { n: json.body.n * 2, ' +
				'first: $("Webhook").first().json.body.n, mode: $workflow.name } }));',
		),
	);
	const outcome = await engine.executions.run(
		request(workflow, [{ body: { n: 1 } }, { body: { n: 2 } }]),
	);
	expect(outcome).toEqual({
		status: 'success',
		executionId: expect.any(String),
		items: [
			{ json: { n: 2, first: 1, mode: 'several' } },
			{ json: { n: 4, first: 1, mode: 'several' } },
		],
	});
	const executionId = outcome.status === 'success' ? outcome.executionId : null;
	const detail = await engine.executions.get(executionId ?? '');
	expect(detail).toMatchObject({ workflowId: workflow.id, status: 'success' });
	expect(detail.trigger).toEqual({
		node: 'Webhook',
		items: [{ json: { body: { n: 1 } } }, { json: { body: { n: 2 } } }],
	});
	expect(detail.parent?.workflowId).toBe(runnerId());
	expect(engine.executions.isOwn(runnerId())).toBe(true);
	expect(engine.executions.isOwn(workflow.id)).toBe(false);
});

it('tells the message of a run that throws, and never starts the error workflow', async () => {
	const reporter = await stored({
		...contentOf(
			chain('reporter', [
				node('Error Trigger', 'n8n-nodes-base.errorTrigger', 1),
				codeNode('Work', 'return [];'),
			]),
		),
	});
	await engine.definitions.publish(
		reporter.id,
		(await engine.definitions.get(reporter.id)).draftVersionId,
	);
	const content = hooked('throws', 'throw new Error("no stock");');
	content.settings = { ...content.settings, errorWorkflow: reporter.id };
	const workflow = await stored(content);
	const outcome = await engine.executions.run(request(workflow, [{ body: {} }]));
	expect(outcome).toMatchObject({
		status: 'error',
		executionId: expect.any(String),
		message: expect.stringContaining('no stock'),
	});
	const id = outcome.status === 'error' ? outcome.executionId : null;
	expect((await engine.executions.get(id ?? '')).failure).toMatchObject({ node: 'Work' });
	expect(await engine.executions.list({ workflowId: reporter.id })).toEqual([]);
});

it('runs a schedule-only workflow from its trigger, past other triggers', async () => {
	const content = contentOf(
		chain('scheduled', [
			node('Each night', 'n8n-nodes-base.scheduleTrigger', 1.2, { rule: { interval: [{}] } }),
			codeNode('Work', 'return [{ json: { night: $json.timestamp, by: $prevNode.name } }];'),
		]),
	);
	content.nodes = [
		nodeOf(
			node('Other start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
				inputSource: 'passthrough',
			}),
		),
		nodeOf(node('By hand', 'n8n-nodes-base.manualTrigger', 1)),
		...content.nodes,
	];
	const workflow = await stored(content);
	const outcome = await engine.executions.run(
		request(workflow, [{ timestamp: 'midnight' }], 'Each night'),
	);
	expect(outcome).toMatchObject({
		status: 'success',
		items: [{ json: { night: 'midnight', by: 'Each night' } }],
	});
});

it('passes by a Respond to Webhook node, and by a run that gives nothing', async () => {
	const answering = await stored(
		hooked('answers', 'return $input.all();', [
			node('Respond', 'n8n-nodes-base.respondToWebhook', 1.1, {
				respondWith: 'json',
				responseBody: '{}',
			}),
			codeNode('After', 'return [{ json: { after: true } }];'),
		]),
	);
	expect(await engine.executions.run(request(answering, [{ body: {} }]))).toMatchObject({
		status: 'success',
		items: [{ json: { after: true } }],
	});
	const silent = await stored(hooked('silent', 'return [];'));
	expect(await engine.executions.run(request(silent, [{ body: {} }]))).toEqual({
		status: 'success',
		executionId: expect.any(String),
		items: [],
	});
});

it('carries binary data in and out', async () => {
	const workflow = await stored(
		hooked(
			'binary',
			'const text = (await this.helpers.getBinaryDataBuffer(0, "data")).toString();' +
				'return [{ json: { text }, binary: $input.first().binary }];',
		),
	);
	const file = {
		data: Buffer.from('hello').toString('base64'),
		mimeType: 'text/plain',
		fileName: 'hello.txt',
	};
	const outcome = await engine.executions.run({
		...request(workflow, []),
		items: [{ json: { body: {} }, binary: { data: file } }],
	});
	expect(outcome).toMatchObject({
		status: 'success',
		items: [{ json: { text: 'hello' }, binary: { data: { mimeType: 'text/plain' } } }],
	});
});

it('keeps the static data of the live workflow', async () => {
	const workflow = await stored(
		hooked(
			'counts',
			'const data = $getWorkflowStaticData("global"); data.n = (data.n ?? 0) + 1;' +
				'data["only" + data.n] = true; return [{ json: { n: data.n } }];',
		),
	);
	for (const n of [1, 2, 3]) {
		expect(await engine.executions.run(request(workflow, [{ body: {} }]))).toMatchObject({
			items: [{ json: { n } }],
		});
	}
	expect((await engine.definitions.get(workflow.id)).staticData).toMatchObject({
		global: { n: 3, only1: true, only2: true, only3: true },
	});
});

it('finds a run whose answer was lost, and knows which never started', async () => {
	const since = shortlyBefore();
	const workflow = await stored(hooked('lost', 'return [{ json: { done: $json.body.n } }];'));
	const succeeding = request(workflow, [{ body: { n: 5 } }]);
	const outcome = await engine.executions.run(succeeding);
	expect(await engine.executions.findRun({ ...succeeding, since })).toEqual(outcome);

	const failing = await stored(hooked('lost-too', 'throw new Error("late");'));
	const failed = request(failing, [{ body: {} }]);
	const failure = await engine.executions.run(failed);
	expect(await engine.executions.findRun({ ...failed, since })).toEqual(failure);

	const never = { ...succeeding, traceparent: freshTraceparent(), since };
	expect(await engine.executions.findRun(never)).toBeNull();
});

it('is in doubt while a run goes on, and finds its end later', async () => {
	const hasty = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey), { memory, runTimeoutMs: 400 });
	const since = shortlyBefore();
	const workflow = await stored(
		hooked(
			'slow',
			'await new Promise((resolve) => setTimeout(resolve, 2500)); return [{ json: { slow: true } }];',
		),
	);
	const slow = request(workflow, [{ body: {} }]);
	expect(await hasty.executions.run(slow)).toEqual({ status: 'in-doubt' });
	expect(await hasty.executions.findRun({ ...slow, since })).toEqual({ status: 'in-doubt' });
	const found = await until('the end of the slow run', async () => {
		const outcome = await hasty.executions.findRun({ ...slow, since });
		return outcome?.status === 'in-doubt' ? undefined : outcome;
	});
	expect(found).toMatchObject({ status: 'success', items: [{ json: { slow: true } }] });
});

describe('when somebody meddles with the runner', () => {
	let workflow: WorkflowContent & { id: string };
	beforeAll(async () => {
		workflow = await stored(hooked('meddled', 'return [{ json: { fine: true } }];'));
		await engine.executions.run(request(workflow, [{ body: {} }]));
	});
	const expectFine = async (): Promise<void> => {
		expect(await engine.executions.run(request(workflow, [{ body: {} }]))).toMatchObject({
			status: 'success',
			items: [{ json: { fine: true } }],
		});
	};

	it('publishes it again', async () => {
		const before = runnerId();
		await engine.definitions.unpublish(before);
		await expectFine();
		expect(runnerId()).toBe(before);
	});

	it('takes back an edit', async () => {
		const { content } = await engine.definitions.get(runnerId());
		const edited = content.nodes.map((one) =>
			one.name === 'Items' ? { ...one, parameters: { jsCode: 'return [];' } } : one,
		);
		const { draftVersionId } = await engine.definitions.saveDraft(runnerId(), {
			...content,
			nodes: edited,
		});
		await engine.definitions.publish(runnerId(), draftVersionId);
		await expectFine();
	});

	it('installs a new one when it was deleted, or its credential was', async () => {
		const before = runnerId();
		await engine.definitions.unpublish(before);
		await engine.definitions.remove(before);
		await expectFine();
		expect(runnerId()).not.toBe(before);
	});

	it('makes a new key when its credential was deleted or changed', async () => {
		const before = runnerId();
		await n8n.api(`/credentials/${memory.current()?.['runnerCredentialId']}`, {
			method: 'DELETE',
		});
		await expectFine();
		await n8n.api(`/credentials/${memory.current()?.['runnerCredentialId']}`, {
			method: 'PATCH',
			body: { data: { name: 'X-Orchestration-Key', value: 'guessed' } },
		});
		await expectFine();
		expect(runnerId()).toBe(before);
		const left = (await engine.definitions.list()).filter(({ name }) => name === runnerName);
		expect(left.map(({ id }) => id)).toEqual([runnerId()]);
	});
});

it('gives the runner new keys once a day, and still finds the runs of the day before', async () => {
	let now = systemClock.now();
	const since = new Date(now.getTime() - 1000);
	const tomorrow = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey), {
		memory,
		clock: { ...systemClock, now: () => now },
	});
	const workflow = await stored(hooked('daily', 'return [{ json: { ran: true } }];'));
	const today = request(workflow, [{ body: {} }]);
	const outcome = await engine.executions.run(today);
	const before = { ...memory.current() };
	now = new Date(now.getTime() + 25 * 3_600_000);
	expect(await tomorrow.executions.run(request(workflow, [{ body: {} }]))).toMatchObject({
		status: 'success',
	});
	const after = { ...memory.current() };
	expect(after['runnerWorkflowId']).toBe(before['runnerWorkflowId']);
	expect(after['runnerSecret']).not.toBe(before['runnerSecret']);
	expect(await tomorrow.executions.findRun({ ...today, since })).toEqual(outcome);
	const credentials = (await engine.definitions.listCredentials()).map(({ id }) => id);
	expect(credentials).not.toContain(before['runnerCredentialId']);
	expect(credentials).toContain(after['runnerCredentialId']);
});

it('leaves one runner when two sidecars install it at once', async () => {
	const shared = rememberedState();
	const before = (await engine.definitions.list()).filter(({ name }) => name === runnerName);
	const two = [1, 2].map(() =>
		engineFor(connectionTo(n8n.baseUrl, n8n.apiKey), { memory: shared }),
	);
	const workflow = await stored(hooked('race', 'return [{ json: { ran: true } }];'));
	const outcomes = await Promise.all(
		two.map(async ({ executions }) => await executions.run(request(workflow, [{ body: {} }]))),
	);
	expect(outcomes.map(({ status }) => status)).toEqual(['success', 'success']);
	const after = (await engine.definitions.list()).filter(({ name }) => name === runnerName);
	const added = after.filter(({ id }) => !before.some((one) => one.id === id));
	expect(added.map(({ id }) => id)).toEqual([shared.current()?.['runnerWorkflowId']]);
});

it('says that nothing was started when the key is refused', async () => {
	const workflow = await stored(hooked('no-key', 'return [{ json: {} }];'));
	const refused = engineFor(connectionTo(n8n.baseUrl, 'of-nobody'), { memory });
	await expect(refused.executions.run(request(workflow, [{ body: {} }]))).rejects.toMatchObject({
		code: 'engine_unauthorized',
		details: { sent: false },
	});
});

it('refuses to start from a node that is not there', async () => {
	const workflow = await stored(hooked('nodeless', 'return [];'));
	const error = await engine.executions
		.run(request(workflow, [{}], 'No such trigger'))
		.catch((reason) => reason);
	expect(isOrchestrationError(error, 'workflow_invalid')).toBe(true);
	expect(error.message).toContain('No such trigger');
});
