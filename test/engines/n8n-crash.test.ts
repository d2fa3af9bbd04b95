import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { eventLogOf, notedInEventLog } from '../support/n8n/event-log';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { until } from '../support/n8n/until';
import { callWebhook } from '../support/n8n/workflow-runs';
import { node, webhookWorkflow } from '../support/n8n/workflows';
import {
	connectionTo,
	contentOf,
	engineFor,
	freshTraceparent,
	goLive,
	shortlyBefore,
} from './n8n-under-test';

let n8n: N8nInstance;

beforeAll(async () => {
	n8n = await startN8n();
}, 400_000);

afterAll(async () => {
	await n8n.stop();
}, 60_000);

/** Has both runs of a workflow underway, given order 11 by webhook and order 12 by the runner. */
async function bothUnderway(webhookPath: string) {
	const engine = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey));
	const content = contentOf(
		webhookWorkflow({
			name: 'Crashes',
			path: webhookPath,
			then: [node('Wait', 'n8n-nodes-base.wait', 1.1, { amount: 50, unit: 'seconds' })],
		}),
	);
	const { id: workflowId } = await engine.definitions.create(content);
	await goLive(engine, workflowId, webhookPath);
	const since = shortlyBefore();
	const called = freshTraceparent();
	await callWebhook(n8n, webhookPath, { order: 11 }, { traceparent: called });
	const request = {
		workflowId,
		content,
		triggerNode: 'Webhook',
		items: [{ json: { body: { order: 12 } } }],
		traceparent: freshTraceparent(),
		runKey: randomUUID(),
	};
	const run = engine.executions.run(request);
	await until('both to run', async () => {
		const running = await engine.executions.list({ workflowId, status: 'running' });
		return running.length === 2 || undefined;
	});
	await notedInEventLog(n8n, 'Wait', workflowId);
	return { engine, workflowId, request, run, since, called };
}

it('knows after a kill -9 of n8n what a run and a webhook call were given', async () => {
	const { engine, workflowId, request, run, since, called } = await bothUnderway('crashes');
	await n8n.kill();
	expect(await run).toEqual({ status: 'in-doubt' });
	await n8n.restart();

	expect(await engine.executions.findRun({ ...request, since })).toMatchObject({
		status: 'error',
		executionId: expect.any(String),
		crashed: true,
		message: expect.stringContaining('did not finish'),
	});
	const crashed = await engine.executions.list({ workflowId, status: 'crashed' });
	const details = await Promise.all(crashed.map(async ({ id }) => await engine.executions.get(id)));
	expect(details.map(({ trigger }) => trigger?.items.map(({ json }) => json['body']))).toEqual([
		[{ order: 12 }],
		[{ order: 11 }],
	]);
	expect(details.map(({ traceparent }) => traceparent)).toEqual([null, called]);
	expect(details[1]?.failure).toMatchObject({ node: 'Wait', name: 'WorkflowCrashedError' });
}, 200_000);

it('tells a crash as one also when n8n has lost its event log', async () => {
	const { engine, workflowId, request, run, since } = await bothUnderway('crashes-unlogged');
	await n8n.kill();
	expect(await run).toEqual({ status: 'in-doubt' });
	rmSync(eventLogOf(n8n));
	await n8n.restart();

	expect(await engine.executions.findRun({ ...request, since })).toMatchObject({
		status: 'error',
		crashed: true,
		message: expect.stringContaining('did not finish'),
	});
	const crashed = await engine.executions.list({ workflowId, status: 'crashed' });
	expect(crashed).toHaveLength(2);
	for (const { id } of crashed) {
		const { failure } = await engine.executions.get(id);
		expect(failure).toMatchObject({ node: null, name: 'WorkflowCrashedError' });
	}
}, 200_000);
