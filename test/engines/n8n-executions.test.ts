import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isOrchestrationError } from '../../sidecar/kernel/errors';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { codeNode, node, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import {
	connectionTo,
	contentOf,
	engineFor,
	freshTraceparent,
	goLive,
	type TestEngine,
} from './n8n-under-test';

let n8n: N8nConnection;
let engine: TestEngine;

beforeAll(async () => {
	n8n = await sharedN8n('engines');
	engine = engineFor(connectionTo(n8n.baseUrl, n8n.apiKey));
}, 400_000);

const servers: Server[] = [];
const onTestEnd = (server: Server): number => servers.push(server);
afterEach(() => {
	for (const server of servers.splice(0)) server.close();
});

async function liveWorkflow(name: string, code: string): Promise<{ id: string; path: string }> {
	const path = `${name.toLowerCase().replace(/ /g, '-')}-${process.pid}`;
	const { id } = await engine.definitions.create(
		contentOf(
			webhookWorkflow({
				name,
				path,
				code: 'return $input.all().map(({ json }) => ({ json: { order: json.body.order } }));',
				then: [codeNode('Charge', code)],
			}),
		),
	);
	await goLive(engine, id, path);
	return { id, path };
}

it('reads a failed execution with its payload and what the failed node was given', async () => {
	const { id, path } = await liveWorkflow('Fails', 'throw new Error("card refused");');
	const traceparent = freshTraceparent();
	await callWebhook(n8n, path, { order: 7, note: null }, { traceparent });
	const { id: executionId } = await waitForExecution(n8n, { workflowId: id, status: 'error' });

	const detail = await engine.executions.get(executionId);
	expect(detail).toMatchObject({
		id: executionId,
		workflowId: id,
		workflowName: 'Fails',
		status: 'error',
		mode: 'webhook',
		retryOf: null,
		parent: null,
		detachedCalls: [],
		traceparent,
	});
	expect(detail.trigger?.node).toBe('Webhook');
	expect(detail.trigger?.items[0]?.json['body']).toEqual({ order: 7, note: null });
	expect(detail.failure).toMatchObject({ node: 'Charge', httpStatus: null });
	expect(detail.failure?.message).toContain('card refused');
	expect(detail.failure?.input).toEqual([{ json: { order: 7 } }]);
	expect(detail.ran?.nodes.map(({ name }) => name)).toEqual(['Webhook', 'Work', 'Charge']);
});

it('retries from the failed node and says how it came out', async () => {
	let calls = 0;
	const bank = createServer((_, response) => {
		calls += 1;
		response.writeHead(calls < 3 ? 503 : 200, { 'content-type': 'application/json' });
		response.end(JSON.stringify({ call: calls }));
	});
	bank.listen(0, '127.0.0.1');
	await once(bank, 'listening');
	onTestEnd(bank);
	const { port } = bank.address() as AddressInfo;
	const path = `heals-${process.pid}`;
	const { id } = await engine.definitions.create(
		contentOf(
			webhookWorkflow({
				name: 'Heals',
				path,
				then: [
					node('Bank', 'n8n-nodes-base.httpRequest', 4.2, {
						url: `http://127.0.0.1:${port}`,
						options: {},
					}),
				],
			}),
		),
	);
	await goLive(engine, id, path);
	await callWebhook(n8n, path, { order: 8 });
	const { id: failed } = await waitForExecution(n8n, { workflowId: id, status: 'error' });
	expect((await engine.executions.get(failed)).failure).toMatchObject({
		node: 'Bank',
		name: 'NodeApiError',
		httpStatus: 503,
	});
	const { startedAt } = await engine.executions.get(failed);
	const since = new Date(startedAt ?? '');

	const again = await engine.executions.retry(failed);
	expect(again).toMatchObject({ status: 'error', message: expect.any(String) });
	const healed = await engine.executions.retry(failed);
	expect(healed).toMatchObject({ status: 'success', items: [{ json: { call: 3 } }] });

	const retries = await engine.executions.retriesOf(failed, since);
	expect(retries.map(({ status }) => status)).toEqual(['success', 'error']);
	expect(retries.map((one) => one.id)).toEqual([
		healed.status === 'success' ? healed.executionId : '',
		again.status === 'error' ? again.executionId : '',
	]);
	const failure = (await engine.executions.get(failed)).retrySuccessId;
	expect(failure).toBe(retries[0]?.id);
	const detail = await engine.executions.get(retries[1]?.id ?? '');
	expect(detail).toMatchObject({ retryOf: failed, mode: 'retry' });
	expect(detail.trigger?.items[0]?.json['body']).toEqual({ order: 8 });

	const succeeded = await engine.executions.retry(retries[0]?.id ?? '').catch((error) => error);
	expect(isOrchestrationError(succeeded, 'engine_conflict')).toBe(true);
	const unknown = await engine.executions.retry('999999').catch((error) => error);
	expect(isOrchestrationError(unknown, 'execution_not_found')).toBe(true);
});

it('knows callers, and which sub-workflows nobody waits for', async () => {
	const child = await engine.definitions.create(
		contentOf(subWorkflow('Detached child', 'throw new Error("alone");')),
	);
	await engine.definitions.publish(child.id, child.draftVersionId);
	const path = `detaches-${process.pid}`;
	const parent = await engine.definitions.create(
		contentOf(
			webhookWorkflow({
				name: 'Detaches',
				path,
				then: [
					node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
						workflowId: { __rl: true, mode: 'id', value: `={{ '${child.id}' }}` },
						workflowInputs: { mappingMode: 'defineBelow', value: {} },
						options: { waitForSubWorkflow: false },
					}),
				],
			}),
		),
	);
	await goLive(engine, parent.id, path);
	await callWebhook(n8n, path, { order: 10 });
	const called = await waitForExecution(n8n, { workflowId: child.id, status: 'error' });
	const caller = await waitForExecution(n8n, { workflowId: parent.id, status: 'success' });
	expect(await engine.executions.get(caller.id)).toMatchObject({
		detachedCalls: [child.id],
		parent: null,
		trigger: { node: 'Webhook' },
	});
	expect(await engine.executions.get(called.id)).toMatchObject({
		parent: { executionId: caller.id, workflowId: parent.id },
		trigger: { node: 'Start' },
		failure: { node: 'Work' },
	});
});

it('lists running executions too, reads their payload, and stops them', async () => {
	const { id, path } = await liveWorkflow(
		'Sleeps',
		'await new Promise((resolve) => setTimeout(resolve, 60000)); return [];',
	);
	await callWebhook(n8n, path, { order: 9 });
	const running = await until('the running execution', async () =>
		(await engine.executions.list({ workflowId: id })).find(({ status }) => status === 'running'),
	);
	const detail = await engine.executions.get(running.id);
	expect(detail).toMatchObject({ status: 'running', failure: null });
	await engine.executions.stop(running.id);
	await until('the end', async () => {
		const { status } = await engine.executions.get(running.id);
		return status === 'canceled' || undefined;
	});
	const again = await engine.executions.stop(running.id).catch((error) => error);
	expect(isOrchestrationError(again, 'engine_conflict')).toBe(true);
});

it('pages, filters and stops at the id it was told', async () => {
	const { id, path } = await liveWorkflow('Many', 'return $input.all();');
	for (let order = 0; order < 5; order++) await callWebhook(n8n, path, { order });
	const all = await until('five executions', async () => {
		const found = await engine.executions.list({ workflowId: id, status: 'success' });
		return found.length === 5 ? found : undefined;
	});
	const ids = all.map((one) => one.id);
	expect(ids).toEqual([...ids].sort((a, b) => Number(b) - Number(a)));
	const named = async (query: object) =>
		(await engine.executions.list({ workflowId: id, ...query })).map((one) => one.id);
	expect(await named({ limit: 2 })).toEqual(ids.slice(0, 2));
	expect(await named({ aboveId: ids[2] ?? '' })).toEqual(ids.slice(0, 2));
	expect(await named({ status: 'error' })).toEqual([]);
	expect(await named({ startedAfter: all[1]?.startedAt ?? '' })).toEqual(ids.slice(0, 2));
});

it('says which execution does not exist', async () => {
	const error = await engine.executions.get('999999').catch((reason) => reason);
	expect(isOrchestrationError(error, 'execution_not_found')).toBe(true);
	expect(error.message).toContain('999999');
});
