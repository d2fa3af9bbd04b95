import type { Join } from '../../sidecar/contract/joins';
import type { Page } from '../../sidecar/contract/problem';
import type { Parked } from '../../sidecar/contract/parking';
import { expectOk } from '../support/n8n/n8n-requests';
import { until } from '../support/n8n/until';
import { callWebhook, executionOf } from '../support/n8n/workflow-runs';
import { chain, codeNode, node, subWorkflow } from '../support/n8n/workflows';
import { dataOf, ended, leaving, parkingScene, type ParkingScene } from './support/parking-scene';

jest.setTimeout(240_000);

let scene: ParkingScene;

beforeAll(async () => {
	scene = await parkingScene();
}, 900_000);

afterAll(async () => {
	await scene?.stop();
}, 60_000);

async function parentOf(at: string, workflowId: string, parameters: object) {
	const body = chain(at, [
		node(
			'Webhook',
			'n8n-nodes-base.webhook',
			2,
			{ httpMethod: 'POST', path: at, responseMode: 'onReceived', options: {} },
			{ webhookId: at },
		),
		codeNode('Orders', 'return $input.first().json.body.orders.map((json) => ({ json }));'),
		scene.ours('Fan Out', 'fanOut', {
			mode: 'durable',
			workflowId: { __rl: true, mode: 'id', value: workflowId },
			options: {},
			...parameters,
		}),
		codeNode('Booked', 'return $input.all();'),
	]);
	const failed = codeNode('Failed', 'return $input.all();');
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	return await scene.published({
		...body,
		nodes: [...body.nodes, failed],
		connections: { ...body.connections, 'Fan Out': { main: [to('Booked'), to('Failed')] } },
	});
}

async function begin(at: string, workflowId: string, orders: object[]) {
	await callWebhook(scene.n8n, at, { orders });
	// Its runs may be joined before anybody has seen it wait.
	return await until('the parent to wait, or to be over', async () => {
		const { data } = expectOk(
			'list executions',
			await scene.n8n.api<{ data: Array<{ id: string }> }>(`/executions?workflowId=${workflowId}`),
		);
		return data[0]?.id;
	});
}

async function joinOf(executionId: string): Promise<Join> {
	const { data } = expectOk(
		'list tickets',
		await scene.sidecar.api<Page<Parked>>(`/parked?executionId=${executionId}`),
	);
	return expectOk('show the join', await scene.sidecar.api<Join>(`/joins/${data[0]?.joinId}`));
}

const orders = (count: number) => Array.from({ length: count }, (_, order) => ({ order }));

it('waits without a slot, and each item leaves once, in order, paired', async () => {
	const code = `const { order } = $json;
		if (order === 2) throw new Error('no stock');
		return [{ json: { order, booked: true }, binary: { note: { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'note.txt' } } }];`;
	const child = await scene.published(subWorkflow('durable child', code));
	const id = await parentOf('durable', child, { atOnce: 3 });
	const executionId = await begin('durable', id, orders(5));
	const execution = await ended(scene, executionId);

	expect(dataOf(execution).resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	expect(leaving(execution, 'Booked').map(({ json }) => json)).toEqual(
		[0, 1, 3, 4].map((order) => ({ order, booked: true })),
	);
	expect(leaving(execution, 'Fan Out').map(({ pairedItem }) => pairedItem)).toEqual(
		[0, 1, 3, 4].map((item) => ({ item })),
	);
	expect(leaving(execution, 'Booked')[0]?.binary?.['note']).toMatchObject({
		mimeType: 'text/plain',
		fileName: 'note.txt',
	});
	expect(leaving(execution, 'Failed')).toMatchObject([
		{ json: { order: 2, error: { message: expect.stringContaining('no stock') as string } } },
	]);
	expect(dataOf(execution).resultData.runData['Fan Out']).toHaveLength(1);
});

it('fails the execution as On Error says when all must succeed', async () => {
	const child = await scene.published(
		subWorkflow('durable that fails', "throw new Error('no stock');"),
	);
	const id = await parentOf('durable-all', child, { policy: 'all' });
	const execution = await ended(scene, await begin('durable-all', id, orders(2)));

	expect(execution.status).toBe('error');
	expect(dataOf(execution).resultData.error?.description).toContain('no stock');
});

it('survives kill -9 of n8n and of the sidecar, and is joined once', async () => {
	const child = subWorkflow(
		'durable that is killed',
		`const { order } = $json;
		if (order > 1) await new Promise((resolve) => setTimeout(resolve, 1500));
		return [{ json: { order } }];`,
	);
	const id = await parentOf('durable-killed', await scene.published(child), {
		atOnce: 2,
		maxAttempts: 5,
		options: { retryAnyError: true, firstDelaySeconds: 0.5 },
	});
	const executionId = await begin('durable-killed', id, orders(8));
	await until('some runs to be done, and others not', async () => {
		const { children } = await joinOf(executionId);
		return (children.succeeded >= 2 && children.running > 0) || undefined;
	});
	await Promise.all([scene.sidecar.kill(), scene.n8n.kill()]);
	await Promise.all([scene.n8n.restart(), scene.sidecar.restart()]);
	const execution = await ended(scene, executionId);

	expect(dataOf(execution).resultData.error).toBeUndefined();
	expect(execution.status).toBe('success');
	expect(leaving(execution, 'Booked').map(({ json }) => json['order'])).toEqual([
		0, 1, 2, 3, 4, 5, 6, 7,
	]);
	expect(leaving(execution, 'Failed')).toEqual([]);
	expect(dataOf(execution).resultData.runData['Fan Out']).toHaveLength(1);
	expect(dataOf(execution).resultData.runData['Booked']).toHaveLength(1);
	expect((await executionOf(scene.n8n, executionId)).status).toBe('success');
	const { children, state } = await joinOf(executionId);
	expect(state).toBe('succeeded');
	expect(children).toMatchObject({ total: 8, succeeded: 8 });
});
