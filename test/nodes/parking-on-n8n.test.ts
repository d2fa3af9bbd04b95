import { callWebhook, executionOf, waitForExecution } from '../support/n8n/workflow-runs';
import { request } from '../support/n8n/n8n-requests';
import { chain, codeNode, node, webhookWorkflow } from '../support/n8n/workflows';
import { dataOf, ended, leaving, parkingScene, type ParkingScene } from './support/parking-scene';
import { startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';

let scene: ParkingScene;
/** The service that is called: orders fail in their first `failures` calls. */
let service: ScriptedSidecar;
const calls = new Map<number, number[]>();

beforeAll(async () => {
	service = await startScriptedSidecar();
	service.answer(({ body }) => {
		const { order, failures = 0, status = 503 } = body as Record<string, number>;
		const times = [...(calls.get(order ?? 0) ?? []), performance.now()];
		calls.set(order ?? 0, times);
		return times.length <= failures
			? { status, headers: { 'retry-after': '6' }, body: { message: 'closed' } }
			: { body: { booked: order } };
	});
	scene = await parkingScene({ N8N_CONCURRENCY_PRODUCTION_LIMIT: '1' });
}, 900_000);

afterAll(async () => {
	await scene?.stop();
	await service?.close();
}, 60_000);

const waiting = async (workflowId: string) =>
	await waitForExecution(scene.n8n, { workflowId, status: 'waiting' });

const webhook = (path: string) =>
	node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: 'onReceived', options: {} },
		{ webhookId: path },
	);

describe('Back Off with a sidecar', () => {
	it('parks a long delay without a slot, and lets all outputs go on at the time', async () => {
		const split = codeNode(
			'Split',
			'return $input.first().json.body.orders.map((json) => ({ json }));',
		);
		const book = node(
			'Book',
			'n8n-nodes-base.httpRequest',
			4.2,
			{
				method: 'POST',
				url: service.url,
				sendBody: true,
				specifyBody: 'json',
				jsonBody: '={{ JSON.stringify($json) }}',
				options: {},
			},
			{ onError: 'continueErrorOutput' },
		);
		const body = chain('parked retry', [
			webhook('parked-retry'),
			split,
			book,
			codeNode('Booked', 'return $input.all();'),
		]);
		const retry = scene.ours('Retry', 'retry', { operation: 'backOff', options: {} });
		const gaveUp = codeNode('Gave up', 'return $input.all();');
		const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
		const id = await scene.published({
			...body,
			nodes: [...body.nodes, retry, gaveUp],
			connections: {
				...body.connections,
				Book: { main: [to('Booked'), to('Retry')] },
				Retry: { main: [to('Book'), to('Gave up')] },
			},
		});
		const other = await scene.published(webhookWorkflow({ name: 'beside', path: 'beside' }));
		await callWebhook(scene.n8n, 'parked-retry', {
			orders: [{ order: 1, failures: 1 }, { order: 2, failures: 9, status: 422 }, { order: 3 }],
		});
		const { id: executionId } = await waiting(id);
		// n8n runs one at a time here: another one runs while this one waits.
		await callWebhook(scene.n8n, 'beside', {});
		await waitForExecution(scene.n8n, { workflowId: other, status: 'success' });
		expect((await executionOf(scene.n8n, executionId)).status).toBe('waiting');
		const execution = await ended(scene, executionId);

		const [first = 0, second = 0] = calls.get(1) ?? [];
		expect(second - first).toBeGreaterThanOrEqual(6_000);
		expect(execution.status).toBe('success');
		expect(leaving(execution, 'Booked').map(({ json }) => json['booked'])).toHaveLength(2);
		expect(leaving(execution, 'Booked').map(({ json }) => json)).toEqual(
			expect.arrayContaining([{ booked: 1 }, { booked: 3 }]),
		);
		expect(leaving(execution, 'Gave up')).toMatchObject([
			{ json: { order: 2, error: { httpStatus: 422, reason: 'not-retryable' } } },
		]);
		expect(leaving(execution, 'Retry')[0]?.json).toEqual({ order: 1, failures: 1 });
		await scene.ticket(executionId, 'resumed');
	});
});

describe('a parked execution', () => {
	/** One that waits for 600 s at its second of two items. */
	async function parked(at: string) {
		const acquire = scene.ours('Acquire', 'rateLimit', {
			operation: 'acquire',
			key: '={{ $json.key }}',
			limit: 1,
			intervalSeconds: 600,
			options: { maxWaitSeconds: 700 },
		});
		const code = `return ['${at}', '${at}', '${at}-full'].map((key) => ({ json: { key } }));`;
		const id = await scene.published(
			webhookWorkflow({ name: at, path: at, code, then: [acquire] }),
		);
		// Its third item finds no room within the longest wait.
		await scene.sidecar.api(`/rate-limits/${at}-full/reservations`, {
			body: { count: 3, policy: { limit: 1, intervalMs: 600_000 } },
		});
		await callWebhook(scene.n8n, at, {});
		const { id: executionId } = await waiting(id);
		const { resumeToken } = dataOf(await executionOf(scene.n8n, executionId));
		const ticket = await scene.ticket(executionId, 'parked');
		const resume = async (body: unknown, path = '/orchestration') =>
			await request<{ code?: string; resumed?: boolean }>(
				`${scene.n8n.baseUrl}/webhook-waiting/${executionId}${path}?signature=${resumeToken}`,
				{ method: 'POST', body },
			);
		return { executionId, ticket, resume };
	}

	it('refuses calls that are not for it, and goes on with the one that is', async () => {
		const { executionId, ticket, resume } = await parked('refusing');
		const own = { id: ticket.id, nodeId: ticket.nodeId, visit: ticket.visit };

		expect(await resume({ ticket: { ...own, visit: 7 } })).toMatchObject({
			status: 409,
			body: { code: 'other_ticket' },
		});
		expect(await resume({ ticket: { ...own, nodeId: 'another' } })).toMatchObject({
			status: 409,
			body: { code: 'other_ticket' },
		});
		expect(await resume({ ticket: 'mine' })).toMatchObject({
			status: 422,
			body: { code: 'bad_ticket' },
		});
		expect((await resume({ ticket: own }, '')).status).toBe(404);
		expect((await executionOf(scene.n8n, executionId)).status).toBe('waiting');

		expect(await resume({ ticket: own, reason: 'due' })).toMatchObject({
			status: 200,
			body: { resumed: true },
		});
		const execution = await ended(scene, executionId);
		expect(execution.status).toBe('success');
		expect(leaving(execution, 'Acquire').map(({ json }) => json)).toEqual([
			{ key: 'refusing' },
			{ key: 'refusing' },
		]);
		expect(leaving(execution, 'Acquire', 1)).toMatchObject([
			{ json: { key: 'refusing-full', rateLimit: { decidedBy: 'sidecar' } } },
		]);
	});

	it('goes on once when many ask at the same time', async () => {
		const { executionId, ticket, resume } = await parked('racing');
		const { id, nodeId, visit } = ticket;
		const answers = await Promise.all(
			[1, 2, 3, 4].map(async () => await resume({ ticket: { id, nodeId, visit } })),
		);
		const execution = await ended(scene, executionId);

		expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
		expect(execution.status).toBe('success');
		expect(dataOf(execution).resultData.runData['Acquire']).toHaveLength(1);
		expect(leaving(execution, 'Acquire')).toHaveLength(2);
	});
});
