import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { IDataObject } from 'n8n-workflow';

import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { packPack } from '../support/n8n/pack';
import { until } from '../support/n8n/until';
import {
	callWebhook,
	createWorkflow,
	executionOf,
	publish,
	waitForExecution,
	type StoredExecution,
} from '../support/n8n/workflow-runs';
import { chain, codeNode, node, subWorkflow, type WorkflowBody } from '../support/n8n/workflows';
import { startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

const EXAMPLES = path.resolve(__dirname, '../../docs/examples');

let n8n: N8nInstance;
/** The service that is called: orders fail in their first `failures` calls. */
let service: ScriptedSidecar;
const calls = new Map<number, number[]>();
/** Workflow of an execution that waits for more than a minute, while the other tests run. */
let later: string;

beforeAll(async () => {
	service = await startScriptedSidecar();
	service.answer(({ route, body }) => {
		if (route === 'POST /resume-me') {
			void resume((body as { url: string }).url);
			return { body: {} };
		}
		const {
			order,
			failures = 0,
			status = 503,
		} = body as {
			order: number;
			failures?: number;
			status?: number;
		};
		const times = [...(calls.get(order) ?? []), performance.now()];
		calls.set(order, times);
		return times.length <= failures
			? { status, headers: { 'retry-after': '1' }, body: { message: 'closed' } }
			: { body: { booked: order } };
	});
	n8n = await startN8n({ packs: [await packPack()] });
	later = await beginLater();
}, 900_000);

afterAll(async () => {
	await n8n?.stop();
	await service?.close();
}, 60_000);

async function resume(url: string): Promise<void> {
	await until('the child to take its resume call', async () => {
		const { ok } = await fetch(url, { method: 'POST' });
		return ok || undefined;
	});
}

const triesOf = (order: number) => calls.get(order)?.length ?? 0;

/** An example, with its webhook path, the service and some parameters put in. */
function example(name: string, at: string, parameters: Record<string, object> = {}): WorkflowBody {
	const body = JSON.parse(readFileSync(path.join(EXAMPLES, name), 'utf8')) as WorkflowBody;
	return {
		...body,
		name: at,
		nodes: body.nodes.map((each) => ({
			...each,
			parameters: {
				...each.parameters,
				...(each.name === 'Webhook' ? { path: at } : {}),
				...(each.name === 'Book order' ? { url: `${service.url}/orders` } : {}),
				...parameters[each.name],
			},
			...(each.name === 'Webhook' ? { webhookId: at } : {}),
		})),
	};
}

/** One item for each order of the webhook's body, before that node. */
function withSplit(body: WorkflowBody, before: string, as = '{ body: json }'): WorkflowBody {
	const split = codeNode(
		'Split',
		`return $input.first().json.body.orders.map((json) => ({ json: ${as} }));`,
	);
	const to = (name: string) => ({ main: [[{ node: name, type: 'main' as const, index: 0 }]] });
	return {
		...body,
		nodes: [...body.nodes, split],
		connections: { ...body.connections, Webhook: to('Split'), Split: to(before) },
	};
}

async function published(body: WorkflowBody): Promise<string> {
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return id;
}

interface RunData {
	resultData: {
		error?: { message: string; description: string };
		lastNodeExecuted: string;
		runData: Record<string, Array<{ data?: { main: Array<Array<{ json: IDataObject }>> } }>>;
	};
}

const dataOf = (execution: StoredExecution) => (execution.data as unknown as RunData).resultData;
const left = (execution: StoredExecution, name: string, output = 0) =>
	(dataOf(execution).runData[name] ?? []).flatMap(
		({ data }) => data?.main[output]?.map(({ json }) => json) ?? [],
	);

async function runOf(workflowId: string, at: string, payload: object, status = 'success') {
	await callWebhook(n8n, at, payload);
	const { id } = await waitForExecution(n8n, { workflowId, status }, 60_000);
	return await executionOf(n8n, id);
}

async function beginLater(): Promise<string> {
	const options = { firstDelaySeconds: 67, maxDelaySeconds: 67, jitter: false };
	const id = await published(
		withSplit(example('retry-back-off.json', 'retry-later', { Retry: { options } }), 'Book order'),
	);
	const orders = [
		{ order: 3, failures: 1 },
		{ order: 4, failures: 1, status: 404 },
	];
	await callWebhook(n8n, 'retry-later', { orders });
	await waitForExecution(n8n, { workflowId: id, status: 'waiting' });
	return id;
}

describe('Back Off around an HTTP Request', () => {
	const quick = { Retry: { options: { firstDelaySeconds: 0.1 } } };

	it('has an order booked that failed twice, and obeys Retry-After', async () => {
		const id = await published(example('retry-back-off.json', 'retry-twice', quick));
		const execution = await runOf(id, 'retry-twice', { order: 1, failures: 2 });

		const [first = 0, second = 0, third = 0] = calls.get(1) ?? [];
		expect(triesOf(1)).toBe(3);
		expect(second - first).toBeGreaterThanOrEqual(1000);
		expect(third - second).toBeGreaterThanOrEqual(1000);
		expect(left(execution, 'Booked')).toEqual([{ booked: 1 }]);
		expect(dataOf(execution).runData['Given up']).toBeUndefined();
	});

	it('gives up in order, with what the webhook got', async () => {
		const options = { firstDelaySeconds: 0.1, obeyHeaders: false };
		const id = await published(
			example('retry-back-off.json', 'retry-never', { Retry: { options, maxAttempts: 3 } }),
		);
		const execution = await runOf(id, 'retry-never', { order: 2, failures: 99 });

		expect(triesOf(2)).toBe(3);
		expect(left(execution, 'Given up')).toMatchObject([
			{
				body: { order: 2, failures: 99 },
				error: { httpStatus: 503, lastNode: 'Book order', attempts: 3, reason: 'attempts' },
			},
		]);
	});
});

describe('Retry running a sub-workflow', () => {
	const bookingChild = () => {
		const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			inputSource: 'passthrough',
		});
		const call = node('Book', 'n8n-nodes-base.httpRequest', 4.2, {
			method: 'POST',
			url: `${service.url}/orders`,
			sendBody: true,
			specifyBody: 'json',
			jsonBody: '={{ JSON.stringify($json) }}',
			options: {},
		});
		return chain('book one order', [start, call]);
	};
	const caller = (at: string, workflowId: string, more: object = {}) => {
		const body = example('retry-sub-workflow.json', at, {
			Retry: {
				workflowId: { __rl: true, mode: 'id', value: workflowId },
				options: { firstDelaySeconds: 0.1, obeyHeaders: false },
				...more,
			},
		});
		return withSplit(body, 'Retry', 'json');
	};

	it('retries each item by itself and reads status and node of the failed child', async () => {
		const child = await published(bookingChild());
		const id = await published(caller('retry-children', child));
		const orders = [
			{ order: 10 },
			{ order: 11, failures: 2 },
			{ order: 12, failures: 9 },
			{ order: 13, failures: 9, status: 422 },
		];
		const execution = await runOf(id, 'retry-children', { orders });

		expect([10, 11, 12, 13].map(triesOf)).toEqual([1, 3, 3, 1]);
		expect(left(execution, 'Retry')).toEqual([{ booked: 10 }, { booked: 11 }]);
		expect(left(execution, 'Given up')).toMatchObject([
			{
				order: 12,
				error: { httpStatus: 503, lastNode: 'Book', attempts: 3, reason: 'attempts' },
			},
			{
				order: 13,
				error: { httpStatus: 422, lastNode: 'Book', attempts: 1, reason: 'not-retryable' },
			},
		]);
	});

	it('takes the results of all children that wait', async () => {
		const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
			inputSource: 'passthrough',
		});
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
			{ webhookId: 'b5a7c1de-3f0e-4d62-8a3c-0b1f0c4d5e6f' },
		);
		const done = codeNode('Done', "return [{ json: { done: $('Start').first().json.order } }];");
		const child = await published(chain('a child that waits', [start, ask, wait, done]));
		const id = await published(caller('retry-waiting', child));
		const orders = [{ order: 20 }, { order: 21 }, { order: 22 }];
		const execution = await runOf(id, 'retry-waiting', { orders });

		expect(left(execution, 'Retry')).toEqual([{ done: 20 }, { done: 21 }, { done: 22 }]);
		expect(left(execution, 'Booked')).toHaveLength(3);
	});

	it.each([
		['is not published', {}, false, 'Publish that workflow'],
		['refuses this caller', { callerPolicy: 'none' }, true, 'let this workflow call it'],
	])('says what to do when the workflow %s', async (how, settings, isPublished, cure) => {
		const at = `retry-${how.replaceAll(' ', '-')}`;
		const body = subWorkflow(at);
		const { id: child } = await createWorkflow(n8n, {
			...body,
			settings: { ...body.settings, ...settings },
		});
		if (isPublished) await publish(n8n, child);
		const id = await published(caller(at, child));
		const execution = await runOf(id, at, { orders: [{ order: 1 }] }, 'error');

		expect(dataOf(execution).lastNodeExecuted).toBe('Retry');
		expect(dataOf(execution).error?.description).toContain(cure);
	});
});

describe('Circuit Breaker', () => {
	it('keeps orders of later executions away from a service that failed three times', async () => {
		const id = await published(example('circuit-breaker-guard.json', 'guarded'));
		const except: string[] = [];
		for (const order of [30, 31, 32, 33]) {
			await callWebhook(n8n, 'guarded', { order, failures: 9 });
			const done = await waitForExecution(n8n, { workflowId: id, status: 'success', except });
			except.push(done.id);
		}
		const last = await executionOf(n8n, except.at(-1) ?? '');

		expect([30, 31, 32, 33].map(triesOf)).toEqual([1, 1, 1, 0]);
		expect(left(last, 'Try later')).toMatchObject([
			{
				body: { order: 33 },
				circuitBreaker: { circuit: 'orders-api', state: 'open', decidedBy: 'process' },
			},
		]);
	});

	it('parts succeeded, failed and rejected runs of a sub-workflow', async () => {
		const child = await published(
			subWorkflow(
				'fails for some',
				"if ($json.body.bad) throw new Error('bad'); return $input.all();",
			),
		);
		const id = await published(
			example('circuit-breaker-sub-workflow.json', 'guarded-child', {
				'Circuit Breaker': {
					workflowId: { __rl: true, mode: 'id', value: child },
					circuit: { __rl: true, mode: 'name', value: 'guarded child' },
					failures: 1,
				},
			}),
		);
		const good = await runOf(id, 'guarded-child', { order: 1 });
		await callWebhook(n8n, 'guarded-child', { bad: true });
		const except = [good.id];
		const bad = await waitForExecution(n8n, { workflowId: id, status: 'success', except });
		except.push(bad.id);
		await callWebhook(n8n, 'guarded-child', { order: 2 });
		const rejected = await waitForExecution(n8n, { workflowId: id, status: 'success', except });

		expect(left(good, 'Booked')).toHaveLength(1);
		expect(left(await executionOf(n8n, bad.id), 'Failed')).toMatchObject([
			{ error: { message: expect.stringContaining('bad') as string, lastNode: 'Work' } },
		]);
		expect(left(await executionOf(n8n, rejected.id), 'Try later')).toHaveLength(1);
	});
});

// The last, so that the others fill the wait.
it('leaves its slot for a long delay, and each item goes on by its own output', async () => {
	const wanted = { workflowId: later, status: 'success' };
	const { id } = await waitForExecution(n8n, wanted, 150_000);
	const execution = await executionOf(n8n, id);

	const [first = 0, second = 0] = calls.get(3) ?? [];
	expect(second - first).toBeGreaterThanOrEqual(66_000);
	expect(left(execution, 'Booked')).toEqual([{ booked: 3 }]);
	expect(left(execution, 'Retry')).toMatchObject([{ body: { order: 3 } }]);
	expect(left(execution, 'Given up')).toMatchObject([
		{ body: { order: 4 }, error: { httpStatus: 404, reason: 'not-retryable' } },
	]);
	expect(left(execution, 'Retry')[0]).not.toHaveProperty('error');
}, 200_000);
