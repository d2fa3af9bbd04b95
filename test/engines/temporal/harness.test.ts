import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { sharedTemporal, startTemporal } from '../../support/temporal/temporal-server';
import { startTestWorker, type TestWorker } from '../../support/temporal/test-worker';
import { doubled, waiting } from '../../support/temporal/team/workflows';

jest.setTimeout(180_000);

describe('the Temporal server and worker of the tests', () => {
	const taskQueue = `harness-${randomUUID()}`;
	let client: Client;
	let worker: TestWorker;

	beforeAll(async () => {
		const { address, client: clientOf } = await sharedTemporal();
		[client, worker] = await Promise.all([clientOf(), startTestWorker({ address, taskQueue })]);
	});
	afterAll(async () => {
		await worker.stop();
		await client.connection.close();
	});

	test('run a workflow with its activity', async () => {
		const given = {
			taskQueue,
			workflowId: randomUUID(),
			args: [{ value: 21 }] as [{ value: number }],
		};
		expect(await client.workflow.execute(doubled, given)).toEqual({ value: 42 });
	});

	test('a workflow goes on after its worker was killed', async () => {
		const given = { taskQueue, workflowId: randomUUID(), args: [{ a: 1 }] as [{ a: number }] };
		const handle = await client.workflow.start(waiting<{ a: number }>, given);
		await worker.kill();
		await handle.signal('release');
		await worker.restart();
		expect(await handle.result()).toEqual({ a: 1 });
	});

	test('a server that was killed keeps what it had', async () => {
		const server = await startTemporal();
		try {
			const before = await server.client();
			const { workflowId } = await before.workflow.start('unknown', {
				taskQueue,
				workflowId: 'kept',
			});
			await before.connection.close();
			await server.kill();
			await server.restart();
			const after = await server.client();
			expect((await after.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
			await after.connection.close();
		} finally {
			await server.stop();
		}
	});
});
