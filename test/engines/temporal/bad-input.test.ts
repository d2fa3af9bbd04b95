import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { EnvironmentCheck } from '../../../sidecar/contract/environments';
import type { ExecutionDetail } from '../../../sidecar/contract/executions';
import { freePorts } from '../../support/n8n/free-ports';
import { until } from '../../support/n8n/until';
import { startRefusingDoor, startTlsDoor } from '../../support/temporal/front-doors';
import { startTestWorker } from '../../support/temporal/test-worker';
import { temporalStage, type TemporalStage } from './temporal-stage';

jest.setTimeout(180_000);

let stage: TemporalStage;

beforeAll(async () => {
	stage = await temporalStage();
});
afterAll(async () => {
	await stage?.stop();
});

async function checkOf(more: Record<string, unknown>): Promise<EnvironmentCheck> {
	const name = `bad-${randomUUID()}`;
	await stage.register(name, more);
	const answer = await stage.sidecar.api<EnvironmentCheck>(`/environments/${name}/check`, {
		method: 'POST',
	});
	return answer.body;
}

/** An execution that is told to have this trouble while it goes on. */
async function troubled(id: string, name: string): Promise<ExecutionDetail> {
	let seen: ExecutionDetail | undefined;
	return await until(
		`execution ${id} to say ${name}`,
		async () => {
			seen = await stage.ledger.get(id);
			return seen.error?.name === name ? seen : undefined;
		},
		{ deadlineMs: 60_000, explain: () => JSON.stringify(seen) },
	);
}

describe('what the check of an environment tells', () => {
	test('what is there, and what Temporal has not', async () => {
		const check = await checkOf({ temporal: { taskQueue: stage.taskQueue } });
		expect(check).toMatchObject({ reachable: true, ok: true, version: expect.any(String) });
		expect(check.findings.map(({ name, ok }) => [name, ok])).toEqual([
			['namespace', true],
			['task queue', true],
			['workflow definitions', false],
			['webhooks and parking', false],
		]);
	});

	test('nobody listens at the address', async () => {
		const [port = 0] = await freePorts(1);
		const check = await checkOf({ baseUrl: `http://127.0.0.1:${port}` });
		expect(check).toMatchObject({ reachable: false, ok: false });
		expect(check.findings[0]).toMatchObject({
			name: 'engine_unreachable',
			message: expect.stringContaining('Nobody listens there'),
		});
	});

	test('there is no such namespace', async () => {
		const check = await checkOf({ temporal: { namespace: 'nowhere' } });
		expect(check).toMatchObject({ reachable: true, ok: false });
		expect(check.findings[0]).toMatchObject({
			name: 'engine_namespace_not_found',
			message: expect.stringContaining('"nowhere"'),
		});
	});

	test('nobody polls the task queue', async () => {
		const check = await checkOf({ temporal: { taskQueue: `empty-${randomUUID()}` } });
		expect(check).toMatchObject({ reachable: true, ok: false });
		expect(check.findings).toContainEqual({
			name: 'task queue',
			ok: false,
			message: expect.stringContaining('Nobody polls'),
		});
	});

	test('the key is wrong, or may not do that', async () => {
		const unknown = await startRefusingDoor(16, 'Request unauthorized.');
		const forbidden = await startRefusingDoor(7, 'Namespace forbidden.');
		try {
			const keys = { apiKey: 'wrong' };
			const first = await checkOf({ baseUrl: `http://${unknown.address}`, ...keys });
			expect(first.findings[0]?.name).toBe('engine_unauthorized');
			const second = await checkOf({ baseUrl: `http://${forbidden.address}`, ...keys });
			expect(second.findings[0]?.name).toBe('engine_forbidden');
		} finally {
			await unknown.close();
			await forbidden.close();
		}
	});

	test('TLS on one side only, and mTLS with and without what it needs', async () => {
		const door = await startTlsDoor(stage.address);
		try {
			const over = await checkOf({ baseUrl: `https://${stage.address}` });
			expect(over.findings[0]).toMatchObject({
				name: 'engine_unreachable',
				message: expect.stringContaining('write http:// in baseUrl'),
			});
			const without = await checkOf({ baseUrl: `http://${door.address}` });
			expect(without.findings[0]).toMatchObject({
				name: 'engine_unreachable',
				message: expect.stringContaining('write https:// in baseUrl'),
			});
			const tls = { serverName: 'localhost', ca: door.ca };
			const baseUrl = `https://${door.address}`;
			const nobody = await checkOf({ baseUrl, temporal: { tls } });
			expect(nobody.findings[0]?.name).toBe('engine_unreachable');
			const known = await checkOf({ baseUrl, temporal: { tls: { ...tls, ...door.client } } });
			expect(known).toMatchObject({ reachable: true, ok: true });
		} finally {
			await door.close();
		}
	});
});

describe('what an execution tells that does not get on', () => {
	test('nobody polls its task queue, and it goes on when somebody does', async () => {
		const taskQueue = `late-${randomUUID()}`;
		const workflow = `echo@${taskQueue}`;
		const { id } = await stage.ledger.start({ environment: 'team', workflow, payload: { a: 1 } });
		const stuck = await troubled(id, 'NoWorker');
		expect(stuck).toMatchObject({ status: 'running', finishedAt: null });
		expect(stuck.error?.message).toContain(taskQueue);
		const worker = await startTestWorker({ address: stage.address, taskQueue });
		try {
			const ended = await stage.ledger.ended(id);
			expect(ended).toMatchObject({ status: 'succeeded', error: null, result: { a: 1 } });
		} finally {
			await worker.stop();
		}
	});

	test('its workers do not have that workflow type', async () => {
		const { id } = await stage.ledger.start({ environment: 'team', workflow: 'nowhere' });
		const stuck = await troubled(id, 'WorkflowTaskFailed');
		expect(stuck).toMatchObject({ status: 'running' });
		expect(stuck.error?.message).toContain('nowhere');
		await stage.sidecar.api(`/executions/${id}/cancel`, { method: 'POST' });
		expect(await stage.ledger.ended(id)).toMatchObject({ status: 'canceled' });
	});

	test('the code no longer does what its history says', async () => {
		const { address } = stage;
		const taskQueue = `changing-${randomUUID()}`;
		const before = await startTestWorker({ address, taskQueue });
		const workflow = `changing@${taskQueue}`;
		const { id } = await stage.ledger.start({ environment: 'team', workflow });
		const { engineExecutionId } = await stage.ledger.when(id, 'running');
		const [workflowId = ''] = (
			engineExecutionId ??
			(await until(
				'its id to be known',
				async () => (await stage.ledger.get(id)).engineExecutionId ?? undefined,
			))
		).split('/');
		const handle = stage.client.workflow.getHandle(workflowId);
		await until('its timer to be in the history', async () => {
			const { events } = await handle.fetchHistory();
			return events?.some((event) => event.timerFiredEventAttributes) || undefined;
		});
		await before.stop();
		const after = await startTestWorker({
			address,
			taskQueue,
			workflows: path.join(__dirname, '../../support/temporal/team/next-version.ts'),
		});
		try {
			await handle.signal('release');
			const stuck = await troubled(id, 'NonDeterminism');
			expect(stuck).toMatchObject({ status: 'running' });
			await handle.terminate('The test is over.');
			await stage.ledger.ended(id);
		} finally {
			await after.stop();
		}
	});
});

describe('what is refused', () => {
	const ask = async (body: Record<string, unknown>) =>
		await stage.ledger.ask({ environment: 'team', workflow: 'echo', ...body });

	test('a payload that Temporal would not take, before anything is sent', async () => {
		const ended = await stage.ledger.start({
			environment: 'team',
			workflow: 'echo',
			payload: { text: 'x'.repeat(2_200_000) },
			wait: 30,
		});
		expect(ended).toMatchObject({ status: 'failed', outcome: 'refused', attempts: 1 });
		expect(ended.error?.message).toContain('payload_too_large');
		expect(ended.letterId).not.toBeNull();
		const workflowId = `orchestration-${ended.id}-1`;
		await expect(stage.client.workflow.getHandle(workflowId).describe()).rejects.toThrow(
			/not found/i,
		);
	});

	test('a workflow without a task queue, where the environment has none', async () => {
		await stage.register('queueless');
		const answer = await ask({ environment: 'queueless' });
		expect(answer).toMatchObject({ status: 422, body: { code: 'workflow_invalid' } });
	});

	test('a version, a snapshot, and whatever else needs definitions', async () => {
		const answer = await ask({ version: randomUUID() });
		expect(answer).toMatchObject({ status: 422, body: { code: 'capability_missing' } });
		const body = { environment: 'team', workflowId: 'echo' };
		const snapshot = await stage.sidecar.api('/versions', { body });
		expect(snapshot).toMatchObject({ status: 422, body: { code: 'capability_missing' } });
		const listed = await stage.sidecar.api('/environments/team/workflows');
		expect(listed).toMatchObject({ status: 422, body: { code: 'capability_missing' } });
	});

	test('settings of Temporal for n8n, an address with a path, half a certificate', async () => {
		const put = async (body: Record<string, unknown>) =>
			await stage.sidecar.api('/environments/refused', {
				method: 'PUT',
				body: { engine: 'temporal', baseUrl: 'http://127.0.0.1:7233', stage: 'dev', ...body },
			});
		const n8n = await put({ engine: 'n8n', apiKey: 'key', temporal: {} });
		const withPath = await put({ baseUrl: 'http://127.0.0.1:7233/api/v1' });
		const certificate = '-----BEGIN CERTIFICATE-----';
		const half = await put({ temporal: { tls: { certificate } } });
		const errors = [n8n, withPath, half].map(({ body }) => body);
		expect(errors).toEqual([
			expect.objectContaining({ code: 'invalid_request' }),
			expect.objectContaining({ code: 'invalid_request' }),
			expect.objectContaining({ code: 'invalid_request' }),
		]);
	});
});
