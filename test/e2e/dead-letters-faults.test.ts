import type { ReplayAttempt } from '../../sidecar/contract/dead-letters';
import { notedInEventLog } from '../support/n8n/event-log';
import { startN8n, type N8nInstance } from '../support/n8n/n8n-instance';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { callingOut, goLive, letterStage, type LetterStage } from '../support/dead-letters/stage';

jest.setTimeout(300_000);

let n8n: N8nInstance;
let stage: LetterStage;

/** An n8n of its own: it is killed, and its failures are retried unasked. */
beforeAll(async () => {
	n8n = await startN8n();
	stage = await letterStage();
	await allow({ autoReplay: false });
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
	await n8n?.stop();
});

async function allow(deadLetters: Record<string, unknown>): Promise<void> {
	await stage.operator.register('production', n8n, { deadLetters });
}

/** A published workflow whose call has failed once, and the letter of that. */
async function failedOnce(path: string, settings: Record<string, unknown> = {}) {
	const { supplier, operator } = stage;
	supplier.answers(`/${path}`, 503);
	const body = callingOut(path, supplier.at(`/${path}`));
	const workflowId = await goLive(n8n, {
		...body,
		settings: { ...body.settings, ...settings },
	});
	await callWebhook(n8n, path, { order: 1 });
	const letter = await operator.letterWhere(`workflowId=${workflowId}`);
	return { workflowId, id: letter.id, calls: () => supplier.calls(`/${path}`) };
}

const settled = async (id: string) =>
	await until(
		`letter ${id} to be settled`,
		async () => {
			const letter = await stage.operator.letter(id);
			return letter.state === 'replaying' ? undefined : letter;
		},
		{ deadlineMs: 90_000, explain: () => stage.sidecar.log().slice(-3000) },
	);

describe('the schedule', () => {
	it('retries what may pass by itself until it does', async () => {
		await allow({ baseDelayMs: 100, maxDelayMs: 100, maxAttempts: 5 });
		const { supplier, operator } = stage;
		supplier.answers('/schedule', 503, 503, 503, 200);
		const workflowId = await goLive(n8n, callingOut('schedule', supplier.at('/schedule')));
		await callWebhook(n8n, 'schedule', { order: 1 });
		const { id } = await operator.letterWhere(
			`workflowId=${workflowId}`,
			({ state }) => state === 'resolved',
		);
		const letter = await operator.letter(id);
		expect(letter).toMatchObject({ attempts: 3, nextReplayAt: null });
		const tried: Array<Partial<ReplayAttempt>> = [
			{ strategy: 'retry', status: 'failed', requestedBy: 'schedule' },
			{ strategy: 'retry', status: 'failed', requestedBy: 'schedule' },
			{ strategy: 'retry', status: 'succeeded', requestedBy: 'schedule' },
		];
		expect(letter.replays).toMatchObject(tried);
		expect(supplier.calls('/schedule')).toBe(4);
		expect(await stage.lettersOf(workflowId)).toBe(1);
	});

	it('gives up after the last attempt and leaves the letter to a person', async () => {
		await allow({ baseDelayMs: 100, maxDelayMs: 100, maxAttempts: 2 });
		const { id, calls } = await failedOnce('schedule-in-vain');
		const letter = await until(
			'the last attempt',
			async () => {
				const found = await stage.operator.letter(id);
				return found.attempts === 2 && found.state === 'waiting' ? found : undefined;
			},
			{ deadlineMs: 40_000 },
		);
		expect(letter.replays.map(({ status }) => status)).toEqual(['failed', 'failed']);
		expect(calls()).toBe(3);
		await allow({ autoReplay: false });
	});
});

it('settles what a killed sidecar left: what ran did not run again, what did not run is run', async () => {
	const unsaved = { saveDataSuccessExecution: 'none' };
	const [retry, redelivery, untold, accepted, other] = [
		await failedOnce('killed-retry'),
		await failedOnce('killed-redelivery'),
		await failedOnce('killed-unsaved', unsaved),
		await failedOnce('accepted-retry'),
		await failedOnce('accepted-redelivery'),
	];
	const held = ['retry', 'redelivery', 'unsaved'].map((one) =>
		stage.supplier.hold(`/killed-${one}`),
	);
	await stage.askReplay(retry.id, { strategy: 'retry' });
	await stage.askReplay(redelivery.id, { strategy: 'redeliver' });
	await stage.askReplay(untold.id, { strategy: 'retry' });
	await Promise.all(held.map(async ({ arrived }) => await arrived()));
	for (const path of ['/accepted-retry', '/accepted-redelivery']) stage.supplier.answers(path, 200);
	const taken = await Promise.all([
		stage.askReplay(accepted.id, { strategy: 'retry' }),
		stage.askReplay(other.id, { strategy: 'redeliver' }),
	]);
	await stage.sidecar.kill();
	expect(taken.map(({ status }) => status)).toEqual([202, 202]);
	for (const { release } of held) release();
	await until('n8n to be done', async () => {
		const { body } = await n8n.api<{ data: unknown[] }>('/executions?status=running');
		return body.data.length === 0 || undefined;
	});
	await stage.sidecar.restart();

	for (const { id, calls } of [retry, redelivery, accepted, other]) {
		const letter = await settled(id);
		expect(letter).toMatchObject({
			state: 'resolved',
			attempts: 1,
			replays: [{ status: 'succeeded', executionId: expect.stringMatching(/^\d+$/) }],
		});
		expect(calls()).toBe(2);
	}
	// n8n keeps no trace of this one: nobody guesses.
	expect(await settled(untold.id)).toMatchObject({
		state: 'waiting',
		replays: [{ status: 'failed', message: expect.stringContaining('no trace') }],
	});
	expect(untold.calls()).toBe(2);
});

it('keeps a run that n8n was killed in with its payload, and settles a replay as failed', async () => {
	const { supplier, operator } = stage;
	const replayed = await failedOnce('crash-replay');
	await allow({ baseDelayMs: 100, maxDelayMs: 100 });
	const workflowId = await goLive(n8n, callingOut('crash', supplier.at('/crash')));
	const held = ['/crash', '/crash-replay'].map((path) => supplier.hold(path));
	await callWebhook(n8n, 'crash', { order: 41, note: 'keep me' });
	await stage.askReplay(replayed.id, { strategy: 'retry' });
	await Promise.all(held.map(async ({ arrived }) => await arrived()));
	await notedInEventLog(n8n, 'Call 1');
	await n8n.kill();
	for (const { release } of held) release();
	await n8n.restart();

	const letter = await operator.letterWhere(`workflowId=${workflowId}`);
	expect(await operator.letter(letter.id)).toMatchObject({
		state: 'waiting',
		error: { name: 'WorkflowCrashedError', node: 'Call 1' },
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 41, note: 'keep me' } } }] },
	});
	expect(await settled(replayed.id)).toMatchObject({
		state: 'waiting',
		attempts: 1,
		replays: [{ status: 'failed', message: expect.stringContaining('crashed') }],
	});
	expect([supplier.calls('/crash'), replayed.calls()]).toEqual([1, 2]);
	const redelivered = await stage.askReplay(letter.id, { waitSeconds: 30 });
	expect(redelivered.body).toMatchObject({ state: 'resolved', attempts: 1 });
	expect(supplier.calls('/crash')).toBe(2);
	await allow({ autoReplay: false });
});

it('takes letters in while n8n is down, fails replays clearly and catches up afterwards', async () => {
	const { id } = await failedOnce('down');
	const unread = await failedOnce('down-unread');
	const workflowId = await goLive(n8n, callingOut('down-late', stage.supplier.at('/down-late')));
	stage.supplier.answers('/down-late', 503);
	// What fails while nobody looks is found when the sidecar is back.
	await stage.sidecar.kill();
	await callWebhook(n8n, 'down-late', { order: 42 });
	await waitForExecution(n8n, { workflowId, status: 'error' });
	await n8n.kill();
	await stage.sidecar.restart();

	const reported = await stage.report({
		origin: 'error-workflow',
		workflowId: unread.workflowId,
		executionId: '999999',
		error: { message: 'told by a script' },
	});
	expect(reported).toMatchObject({ status: 201, body: { state: 'waiting' } });
	expect(await stage.askReplay(reported.body.id, { strategy: 'retry' })).toMatchObject({
		body: { code: expect.stringMatching(/^engine_(unreachable|circuit_open)$/) },
	});
	for (const strategy of ['retry', 'redeliver']) {
		const { body } = await stage.askReplay(id, { strategy, waitSeconds: 30 });
		expect(body).toMatchObject({ state: 'waiting' });
	}
	expect((await stage.operator.letter(id)).replays).toMatchObject([
		{
			status: 'failed',
			message: expect.stringMatching(/engine_(unreachable|circuit_open): .*"production"/),
		},
		{
			status: 'failed',
			message: expect.stringMatching(/engine_(unreachable|circuit_open): .*"production"/),
		},
	]);
	expect(await stage.lettersOf(workflowId)).toBe(0);

	await n8n.restart();
	const { id: late } = await stage.operator.letterWhere(`workflowId=${workflowId}`);
	expect((await stage.operator.letter(late)).trigger?.items).toMatchObject([
		{ json: { body: { order: 42 } } },
	]);
});
