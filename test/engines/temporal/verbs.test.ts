import { randomUUID } from 'node:crypto';
import { temporalStage, type TemporalStage } from './temporal-stage';

jest.setTimeout(180_000);

let stage: TemporalStage;

beforeAll(async () => {
	stage = await temporalStage();
});
afterAll(async () => {
	await stage?.stop();
});

const start = async (workflow: string, more: Record<string, unknown> = {}) =>
	await stage.ledger.start({ environment: 'team', workflow, wait: 60, ...more });

test.each([[{ order: 17 }], [[1, 2]], ['text'], [17], [false], [{ args: [1] }]])(
	'a payload comes to the workflow and back as it was: %j',
	async (payload) => {
		expect(await start('echo', { payload })).toMatchObject({
			status: 'succeeded',
			result: payload,
		});
	},
);

test('items of a workflow before it come as one array, a single one as itself', async () => {
	const items = [{ json: { n: 1 } }, { json: { n: 2 } }];
	expect(await start('echo', { items })).toMatchObject({ result: [{ n: 1 }, { n: 2 }] });
	expect(await start('echo', { items: items.slice(1) })).toMatchObject({ result: { n: 2 } });
});

test('a run carries the trace of its attempt, and its id tells whose it is', async () => {
	const { id, engineExecutionId } = await start('echo', { payload: {} });
	const [workflowId = ''] = engineExecutionId?.split('/') ?? [];
	expect(workflowId).toBe(`orchestration-${id}-1`);
	const { memo } = await stage.client.workflow.getHandle(workflowId).describe();
	expect(memo?.['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test('what its code says may not be tried again is not, whatever it sounds like', async () => {
	const policy = { attempts: 3, baseDelayMs: 10, maxDelayMs: 10 };
	const passing = { message: 'read ECONNRESET', type: 'SocketError' };
	const tried = await start('failing', { payload: passing, policy });
	expect(tried).toMatchObject({
		attempts: 3,
		errorClass: 'transient',
		error: { name: 'SocketError' },
	});
	const payload = { ...passing, nonRetryable: true };
	const once = await start('failingActivity', { payload, policy });
	expect(once).toMatchObject({ attempts: 1, errorClass: 'data', failedNode: 'fail' });
});

test('one that takes no notice of being canceled is terminated after a while', async () => {
	const { id } = await start('stubborn', { wait: 0, payload: {} });
	const { engineExecutionId } = await stage.ledger.when(id, 'running');
	await stage.sidecar.api(`/executions/${id}/cancel`, { method: 'POST' });
	expect(await stage.ledger.ended(id)).toMatchObject({ status: 'canceled' });
	const workflowId = engineExecutionId?.split('/')[0] ?? `orchestration-${id}-1`;
	const { status } = await stage.client.workflow.getHandle(workflowId).describe();
	expect(status.name).toBe('TERMINATED');
});

test('a retry goes on at the activity that failed: what had succeeded is not done again', async () => {
	const [first, second] = [`/first-${randomUUID()}`, `/second-${randomUUID()}`];
	stage.supplier.answers(second, 400, 200);
	const args = [{ first: stage.supplier.at(first), second: stage.supplier.at(second) }];
	const { taskQueue } = stage;
	const workflowId = randomUUID();
	await stage.client.workflow.start('callingTwice', { taskQueue, workflowId, args });
	const letter = await stage.operator.letterWhere('workflowId=callingTwice');
	await stage.operator.replay(letter.id, { strategy: 'retry' });
	expect(await stage.operator.replayed(letter.id)).toMatchObject({ state: 'resolved' });
	expect([stage.supplier.calls(first), stage.supplier.calls(second)]).toEqual([1, 2]);
});

test('a reset by hand in Temporal closes the letter when it is looked at', async () => {
	const desk = `/by-hand-${randomUUID()}`;
	stage.supplier.answers(desk, 400, 200);
	const workflowId = randomUUID();
	const args = [{ desk: stage.supplier.at(desk) }];
	const { client, taskQueue } = stage;
	const { firstExecutionRunId } = await client.workflow.start('calling', {
		taskQueue,
		workflowId,
		args,
	});
	const letter = await stage.operator.letterWhere('workflowId=calling');
	const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
	const decided = events?.find((event) => event.workflowTaskCompletedEventAttributes);
	await client.workflowService.resetWorkflowExecution({
		namespace: 'default',
		workflowExecution: { workflowId, runId: firstExecutionRunId },
		reason: 'by hand',
		workflowTaskFinishEventId: decided?.eventId,
		requestId: randomUUID(),
	});
	await client.workflow.getHandle(workflowId).result();
	await stage.operator.replay(letter.id, { strategy: 'retry' });
	expect(await stage.operator.replayed(letter.id)).toMatchObject({ state: 'resolved' });
	expect(stage.supplier.calls(desk)).toBe(2);
});

test('work for a paused workflow is accepted and waits until it is resumed', async () => {
	const workflow = `/environments/team/workflows/${encodeURIComponent(`doubled@${stage.taskQueue}`)}`;
	const paused = await stage.sidecar.api(`${workflow}/pause`, { method: 'POST', body: {} });
	expect(paused).toMatchObject({
		status: 200,
		body: { workflowId: 'doubled', dispatch: 'paused', pausedSince: expect.any(String) },
	});
	const { id } = await start('doubled', { payload: { value: 21 }, wait: 2 });
	expect(await stage.ledger.get(id)).toMatchObject({ status: 'queued', attempts: 0 });
	const resumed = await stage.sidecar.api(`${workflow}/resume`, { method: 'POST', body: {} });
	expect(resumed).toMatchObject({ status: 200, body: { dispatch: 'sent', pausedSince: null } });
	expect(await stage.ledger.ended(id)).toMatchObject({ result: { value: 42 } });
});
