import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { OrchestrationResult } from '../../../sidecar/engines/temporal/orchestration/orchestrate';
import { until } from '../../support/n8n/until';
import { operatorOf } from '../../support/sidecar/operator';
import {
	childrenOf,
	type OrchestrationScene,
	startOrchestrationScene,
} from '../../support/temporal/orchestration-scene';

jest.setTimeout(240_000);

let scene: OrchestrationScene;
let run: string;

beforeAll(async () => {
	scene = await startOrchestrationScene();
});
afterAll(async () => await scene?.stop());
beforeEach(() => {
	run = randomUUID().slice(0, 8);
});

const fanOut = async (given: Record<string, unknown>) =>
	await scene.start('orchestration.fanOut', given);
const resultOf = async (handle: WorkflowHandle) => (await handle.result()) as OrchestrationResult;
/** What it failed with. */
const failureOf = async (handle: WorkflowHandle): Promise<ApplicationFailure> => {
	const error = await handle.result().then(
		(result) => new Error(`it has succeeded with ${JSON.stringify(result)}`),
		(thrown: unknown) => thrown,
	);
	if (error instanceof WorkflowFailedError) {
		for (let cause: unknown = error.cause; cause instanceof Error; cause = cause.cause) {
			if (cause instanceof ApplicationFailure) return cause;
		}
	}
	throw error;
};
const calls = (n: number) => scene.supplier.calls(`/${run}/${n}`);
const answers = (n: number, ...statuses: number[]) =>
	scene.supplier.answers(`/${run}/${n}`, ...statuses);
const childStarted = async (n: number) =>
	await until(`child ${n} to be at work`, () => calls(n) > 0 || undefined, {
		deadlineMs: 60_000,
		explain: () => scene.worker.log().slice(-3000),
	});
const allOver = async (handle: WorkflowHandle) =>
	await until('nothing of it to be under way in the ledger', async () => {
		const ledger = await scene.ledgerOf(handle);
		const open = ledger.filter(({ finishedAt }) => finishedAt === null);
		return open.length === 0 ? ledger : undefined;
	});

it('runs one workflow and gives what it gave', async () => {
	const handle = await scene.start('orchestration.run', { items: [{ json: { run, n: 7 } }] });
	expect(await handle.result()).toMatchObject({
		attempts: 1,
		items: [{ json: { n: 7, squared: 49 } }],
	});
	expect(calls(7)).toBe(1);
});

it('tries again what may pass by the retry policy, and tells the last word of what may not', async () => {
	answers(1, 503, 200);
	answers(2, 400);
	const handle = await fanOut({
		children: childrenOf(run, 3),
		policy: { mode: 'collect' },
		retry: { attempts: 3, baseDelayMs: 50 },
	});
	const { state, counts, children } = await resultOf(handle);
	expect([state, counts]).toEqual([
		'succeeded',
		{ total: 3, succeeded: 2, failed: 1, cancelled: 0 },
	]);
	expect(children.map(({ attempts }) => attempts)).toEqual([1, 2, 1]);
	expect([calls(0), calls(1), calls(2)]).toEqual([1, 2, 1]);
	expect(children[1]?.items).toEqual([{ json: { n: 1, squared: 1 } }]);
	expect(children[2]?.error).toMatchObject({ errorClass: 'data' });
});

it('keeps a child that failed for good as one dead letter, which is answered when a retry succeeds', async () => {
	answers(0, 400, 200);
	const handle = await fanOut({ children: childrenOf(run, 1), policy: { mode: 'collect' } });
	const { children } = await resultOf(handle);
	const [execution] = await scene.ledgerOf(handle);
	expect(execution).toMatchObject({ id: children[0]?.executionId, origin: 'join' });
	const letter = await operatorOf(scene.sidecar).letter(execution?.letterId ?? '');
	expect(letter).toMatchObject({
		environment: 'dev',
		workflowId: scene.child,
		origin: 'execution',
		errorClass: 'data',
		state: 'waiting',
		trigger: { items: [{ json: { run, n: 0 } }] },
	});
	await scene.sidecar.api(`/executions/${execution?.id}/retry`, { body: {} });
	await until('its letter to be resolved', async () => {
		const { state } = await operatorOf(scene.sidecar).letter(letter.id);
		return state === 'resolved' || undefined;
	});
});

/** As `temporal workflow reset --type FirstWorkflowTask` does it. */
async function resetToBegin(handle: WorkflowHandle): Promise<WorkflowHandle> {
	const { workflowId } = handle;
	const { events } = await handle.fetchHistory();
	const firstTask = events?.find((event) => event.workflowTaskCompletedEventAttributes);
	const { runId } = await scene.client.workflowService.resetWorkflowExecution({
		namespace: 'default',
		workflowExecution: { workflowId },
		reason: 'a test',
		requestId: randomUUID(),
		workflowTaskFinishEventId: firstTask?.eventId ?? null,
	});
	return scene.client.workflow.getHandle(workflowId, runId);
}

it('runs at most so many at once, and cancels what is left when one is enough', async () => {
	const held = [0, 1].map((n) => scene.supplier.hold(`/${run}/${n}`));
	const handle = await fanOut({
		children: childrenOf(run, 6),
		atOnce: 3,
		policy: { mode: 'quorum', quorum: 4 },
	});
	const { state, counts, children } = await resultOf(handle);
	expect([state, counts]).toEqual([
		'succeeded',
		{ total: 6, succeeded: 4, failed: 0, cancelled: 2 },
	]);
	expect(children.map((child) => child.state).slice(0, 2)).toEqual(['cancelled', 'cancelled']);
	const ledger = await allOver(handle);
	expect(ledger.filter(({ status }) => status === 'canceled')).toHaveLength(2);
	for (const each of held) each.release();
});

it('fails with the first error when all are needed', async () => {
	answers(1, 400);
	const failure = await failureOf(
		await fanOut({ children: childrenOf(run, 2), atOnce: 1, letters: false }),
	);
	expect(failure).toMatchObject({ type: 'OrchestrationFailed', nonRetryable: true });
	expect(failure.message).toMatch(/^Not all of 2 can succeed: one did not\. Child 1: .*/);
	expect(failure.details?.[0]).toMatchObject({
		state: 'failed',
		counts: { total: 2, succeeded: 1, failed: 1, cancelled: 0 },
	});
});

it('ends at its deadline by what there is', async () => {
	const held = scene.supplier.hold(`/${run}/0`);
	const handle = await fanOut({
		children: childrenOf(run, 3),
		policy: { mode: 'collect' },
		deadlineMs: 8_000,
	});
	const { because, counts, children } = await resultOf(handle);
	// How many have ended by then is up to the machine; the first never does.
	expect(because).toBe(`Its time was over with ${counts.cancelled} of 3 still open.`);
	expect(counts.succeeded + counts.cancelled).toBe(3);
	expect(children[0]?.state).toBe('cancelled');
	await allOver(handle);
	held.release();
});

it('is canceled with all its children', async () => {
	const held = scene.supplier.hold(`/${run}/0`);
	const handle = await fanOut({ children: childrenOf(run, 3), atOnce: 1 });
	await childStarted(0);
	expect(await handle.query('progress')).toEqual({
		total: 3,
		succeeded: 0,
		failed: 0,
		cancelled: 0,
	});
	await handle.cancel();
	await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
	expect((await handle.describe()).status.name).toBe('CANCELLED');
	const ledger = await allOver(handle);
	expect(ledger.map(({ status }) => status)).toEqual(['canceled']);
	expect([calls(1), calls(2)]).toEqual([0, 0]);
	held.release();
});

it('waits without a try while the circuit is open, and opens it with failures', async () => {
	const circuit = `orchestration-${run}`;
	const policy = { trip: { by: 'consecutive', failures: 1 }, openMs: 3_000, probes: 1 };
	await scene.put(`/circuits/${circuit}`, policy);
	answers(0, 500);
	const handle = await fanOut({
		children: childrenOf(run, 3),
		atOnce: 1,
		circuit,
		retry: { attempts: 1 },
		policy: { mode: 'collect' },
		letters: false,
	});
	const { counts } = await resultOf(handle);
	expect(counts).toEqual({ total: 3, succeeded: 2, failed: 1, cancelled: 0 });
	const { body } = await scene.sidecar.api<{ state: string }>(`/circuits/${circuit}`);
	expect(body.state).toBe('closed');
	const [last, , first] = await scene.ledgerOf(handle);
	const openFor = Date.parse(last?.acceptedAt ?? '') - Date.parse(first?.finishedAt ?? '');
	expect(openFor).toBeGreaterThanOrEqual(2_900);
});

it('gives each attempt its time by the rate limit', async () => {
	const rateLimit = `orchestration-${run}`;
	await scene.put(`/rate-limits/${rateLimit}`, { limit: 1, intervalMs: 1_000 });
	const handle = await fanOut({ children: childrenOf(run, 4), rateLimit });
	await resultOf(handle);
	const began = (await scene.ledgerOf(handle))
		.map(({ acceptedAt }) => Date.parse(acceptedAt))
		.sort((one, other) => one - other);
	expect((began.at(-1) ?? 0) - (began[0] ?? 0)).toBeGreaterThanOrEqual(2_500);
});

it('goes on as a new run when its history gets long, and joins once', async () => {
	answers(3, 503, 200);
	const handle = await fanOut({
		children: childrenOf(run, 30),
		atOnce: 4,
		eventsPerRun: 50,
		retry: { baseDelayMs: 50 },
	});
	const { counts, children } = await resultOf(handle);
	expect(counts).toMatchObject({ total: 30, succeeded: 30 });
	expect(children.map(({ items }) => items?.[0]?.json['n'])).toEqual(
		Array.from({ length: 30 }, (_, n) => n),
	);
	for (let n = 0; n < 30; n += 1) expect(calls(n)).toBe(n === 3 ? 2 : 1);
	const { firstExecutionRunId } = handle as unknown as { firstExecutionRunId: string };
	const first = await scene.client.workflow
		.getHandle(handle.workflowId, firstExecutionRunId)
		.describe();
	expect(first.status.name).toBe('CONTINUED_AS_NEW');
});

it('runs only what has not succeeded when it is reset', async () => {
	answers(1, 400, 200);
	const handle = await fanOut({ children: childrenOf(run, 3), letters: true });
	await failureOf(handle);
	const again = await resetToBegin(handle);
	expect(await resultOf(again)).toMatchObject({
		state: 'succeeded',
		counts: { total: 3, succeeded: 3 },
	});
	expect([calls(0), calls(1), calls(2)]).toEqual([1, 2, 1]);
	const ledger = await scene.ledgerOf(handle);
	const failed = ledger.find(({ status }) => status === 'failed');
	await until('the letter of the child to be resolved', async () => {
		const { state } = await operatorOf(scene.sidecar).letter(failed?.letterId ?? '');
		return state === 'resolved' || undefined;
	});
});

it.each([
	[{ children: [] }, 'invalid_request', /children: .*>=1/],
	[{ children: [{}], atOnce: 0, policy: { mode: 'most' } }, 'invalid_request', /atOnce.*policy/],
	[
		{ children: [{}], policy: { mode: 'quorum', quorum: 2 } },
		'invalid_request',
		/policy.quorum: expected a quorum of at most the number of children/,
	],
	[
		{ children: [{ payload: 1, items: [{ json: {} }] }] },
		'invalid_request',
		/children.0.items: expected payload or items, not both/,
	],
	[{ children: [{}], environment: 'nowhere' }, 'environment_not_found', /nowhere/],
	[
		{ children: [{}], environment: 'flows' },
		'invalid_request',
		/Expected an environment whose engine is n8n/,
	],
	[{ children: [{}], workflow: 'no-such-workflow' }, 'workflow_not_found', /no-such-workflow/],
	[{ children: [{}], rateLimit: 'no-such-limit' }, 'rate_limit_not_found', /no-such-limit/],
])('refuses %j with %s', async (given, type, message) => {
	const failure = await failureOf(await fanOut(given));
	expect(failure.type).toBe(type);
	expect(failure.message).toMatch(message);
});

it('ends the worker in good order, and another one goes on', async () => {
	const held = scene.supplier.hold(`/${run}/0`);
	const handle = await fanOut({ children: childrenOf(run, 2), atOnce: 1 });
	await childStarted(0);
	await scene.worker.stop();
	expect(scene.worker.log()).toContain('stopping');
	await scene.worker.restart();
	held.release();
	expect(await resultOf(handle)).toMatchObject({ counts: { total: 2, succeeded: 2 } });
	expect([calls(0), calls(1)]).toEqual([1, 1]);
});
