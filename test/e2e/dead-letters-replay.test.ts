import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, executionOf, publish, waitForExecution } from '../support/n8n/workflow-runs';
import { chain, webhookWorkflow } from '../support/n8n/workflows';
import {
	byHandOnly,
	callingOut,
	callTo,
	goLive,
	letterStage,
	type LetterStage,
} from '../support/dead-letters/stage';

jest.setTimeout(180_000);

let n8n: N8nConnection;
let stage: LetterStage;

beforeAll(async () => {
	n8n = await sharedN8n('production');
	stage = await letterStage();
	await stage.operator.register('production', n8n, byHandOnly);
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
});

/** A published workflow that has failed once at its last call; the call before it went well. */
async function failedAtSecond(path: string) {
	const { supplier, operator } = stage;
	const [before, failing] = [`/${path}-before`, `/${path}`];
	supplier.answers(failing, 503);
	const workflowId = await goLive(n8n, callingOut(path, supplier.at(before), supplier.at(failing)));
	await callWebhook(n8n, path, { order: 1 });
	const letter = await operator.letterWhere(`workflowId=${workflowId}`);
	return { workflowId, letter, before, failing };
}

const retryInN8n = async (executionId: string) => {
	const { body } = await n8n.api<{ id: string; status: string }>(
		`/executions/${executionId}/retry`,
		{
			body: { loadWorkflow: false },
		},
	);
	return body;
};

it('retries from the failed node, once, though asked for twice at the same moment', async () => {
	const { workflowId, letter, before, failing } = await failedAtSecond('replay-retry');
	expect(letter).toMatchObject({ errorClass: 'transient', error: { httpStatus: 503 } });
	const held = stage.supplier.hold(failing);
	const answers = await Promise.all([
		stage.askReplay(letter.id, { strategy: 'retry' }),
		stage.askReplay(letter.id, { strategy: 'retry' }),
	]);
	expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
	await held.arrived();
	const refused = answers.filter(({ status }) => status === 409);
	for (const { status, body } of [
		...refused,
		await stage.askReplay(letter.id, { strategy: 'redeliver' }),
	]) {
		expect({ status, body }).toMatchObject({ status: 409, body: { code: 'dead_letter_busy' } });
	}
	const discarded = await stage.sidecar.api(`/dead-letters/${letter.id}/discard`, { body: {} });
	expect(discarded).toMatchObject({ status: 409, body: { code: 'dead_letter_busy' } });
	held.release();
	const replayed = await stage.operator.replayed(letter.id);
	expect(replayed).toMatchObject({
		state: 'resolved',
		attempts: 1,
		replays: [{ status: 'succeeded' }],
	});
	expect([stage.supplier.calls(before), stage.supplier.calls(failing)]).toEqual([1, 2]);
	const retry = await waitForExecution(n8n, { workflowId, status: 'success' });
	expect(retry).toMatchObject({ id: replayed.replays[0]?.executionId, mode: 'retry' });
});

it('goes on from where a failed retry got to', async () => {
	const path = 'replay-further';
	const { supplier, operator } = stage;
	const [first, second] = [`/${path}-first`, `/${path}-second`];
	supplier.answers(first, 503, 200);
	supplier.answers(second, 503, 200);
	const workflowId = await goLive(n8n, callingOut(path, supplier.at(first), supplier.at(second)));
	await callWebhook(n8n, path, { order: 1 });
	const { id } = await operator.letterWhere(`workflowId=${workflowId}`);
	const once = await stage.askReplay(id, { strategy: 'retry', waitSeconds: 30 });
	expect(once.body).toMatchObject({ state: 'waiting', replays: [{ status: 'failed' }] });
	const twice = await stage.askReplay(id, { strategy: 'retry', waitSeconds: 30 });
	expect(twice.body).toMatchObject({ state: 'resolved', attempts: 2 });
	expect([supplier.calls(first), supplier.calls(second)]).toEqual([2, 2]);
	expect(await stage.lettersOf(workflowId)).toBe(1);
});

it('does not run again what a person has retried in n8n: the letter is resolved', async () => {
	const { letter, failing } = await failedAtSecond('replay-by-hand');
	stage.supplier.answers(failing, 200);
	const retry = await retryInN8n(letter.executionId ?? '');
	expect(retry.status).toBe('success');
	const calls = stage.supplier.calls(failing);
	for (const strategy of ['retry', 'redeliver']) {
		const { body } = await stage.askReplay(letter.id, { strategy, waitSeconds: 30 });
		if (strategy === 'redeliver') expect(body).toMatchObject({ code: 'dead_letter_closed' });
		else {
			expect(body).toMatchObject({
				state: 'resolved',
				replays: [{ status: 'succeeded', executionId: retry.id }],
			});
		}
	}
	expect(stage.supplier.calls(failing)).toBe(calls);
});

it('knows a person’s retry of a failed retry for the same failure', async () => {
	const { workflowId, letter, failing } = await failedAtSecond('replay-chain');
	const failed = await retryInN8n(letter.executionId ?? '');
	expect(failed.status).toBe('error');
	await stage.operator.letterWhere(`executionId=${failed.id}`, ({ id }) => id === letter.id);
	stage.supplier.answers(failing, 200);
	const succeeded = await retryInN8n(failed.id);
	const calls = stage.supplier.calls(failing);
	const { body } = await stage.askReplay(letter.id, { waitSeconds: 30 });
	expect(body).toMatchObject({
		state: 'resolved',
		replays: [{ status: 'succeeded', executionId: succeeded.id }],
	});
	expect(stage.supplier.calls(failing)).toBe(calls);
	expect(await stage.lettersOf(workflowId)).toBe(1);
});

it('redelivers to what failed, to a version by its id and to what is live', async () => {
	const path = 'replay-versions';
	const { operator, supplier, sidecar } = stage;
	const body = (code: string) => {
		const { nodes, settings } = webhookWorkflow({ name: `Letters ${path}`, path, code });
		const call = callTo(`=${supplier.at('/version-')}{{ $json.version }}`);
		return chain(`Letters ${path}`, [...nodes, call], settings);
	};
	const workflowId = await goLive(n8n, body("throw new Error('version 1 fails');"));
	const failed = await operator.snapshot('production', workflowId);
	await callWebhook(n8n, path, { order: 1 });
	const { id, versionId } = await operator.letterWhere(`workflowId=${workflowId}`);
	expect(versionId).toBe(failed.id);
	for (const version of [2, 3]) {
		const code = `return [{ json: { version: ${version} } }];`;
		await n8n.api(`/workflows/${workflowId}?publishIfActive=false`, {
			method: 'PUT',
			body: body(code),
		});
		await publish(n8n, workflowId);
		await operator.snapshot('production', workflowId);
	}
	const draft = body("throw new Error('nobody published this');");
	await n8n.api(`/workflows/${workflowId}?publishIfActive=false`, { method: 'PUT', body: draft });
	const { body: versions } = await sidecar.api<{ data: Array<{ id: string; number: number }> }>(
		`/workflows/${failed.workflowKey}/versions`,
	);
	const second = versions.data.find(({ number }) => number === 2)?.id;

	const redeliver = async (version?: string) =>
		(await stage.askReplay(id, { ...(version ? { version } : {}), waitSeconds: 30 })).body;
	expect(await redeliver('failed')).toMatchObject({
		state: 'waiting',
		replays: [{ status: 'failed', message: expect.stringContaining('version 1 fails') }],
	});
	const byId = await redeliver(second);
	expect(byId).toMatchObject({ state: 'resolved' });
	expect([supplier.calls('/version-2'), supplier.calls('/version-3')]).toEqual([1, 0]);

	await callWebhook(n8n, path, { order: 2 });
	const again = await stage.report({
		workflowId,
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 2 } } }] },
	});
	const live = await stage.askReplay(again.body.id, { version: 'live', waitSeconds: 30 });
	expect(live.body).toMatchObject({ state: 'resolved' });
	const { replays } = await operator.letter(again.body.id);
	const run = await executionOf(n8n, replays[0]?.executionId ?? '');
	expect(run).toMatchObject({ workflowId, status: 'success' });
	expect(JSON.stringify(run.data)).toContain('"version":3');
});

it('refuses a version of another workflow, one that is not there, and one for a retry', async () => {
	const { letter } = await failedAtSecond('replay-refused');
	const other = await goLive(n8n, callingOut('replay-other', stage.supplier.at('/other')));
	const version = await stage.operator.snapshot('production', other);
	const nobody = '0198c0de-0000-7000-8000-000000000000';
	expect(await stage.askReplay(letter.id, { version: version.id })).toMatchObject({
		status: 409,
		body: { code: 'replay_not_possible' },
	});
	expect(await stage.askReplay(letter.id, { version: nobody })).toMatchObject({
		status: 404,
		body: { code: 'version_not_found' },
	});
	expect(await stage.askReplay(letter.id, { strategy: 'retry', version: 'live' })).toMatchObject({
		status: 400,
		body: { code: 'invalid_request' },
	});
	expect(await stage.operator.letter(letter.id)).toMatchObject({ state: 'waiting', attempts: 0 });
});

it('says that nothing is live when the workflow is not published any more', async () => {
	const { workflowId, letter, failing } = await failedAtSecond('replay-unpublished');
	await n8n.api(`/workflows/${workflowId}/deactivate`, { method: 'POST' });
	stage.supplier.answers(failing, 200);
	const { body } = await stage.askReplay(letter.id, { waitSeconds: 30 });
	expect(body).toMatchObject({
		state: 'waiting',
		replays: [{ status: 'failed', message: expect.stringContaining('not published') }],
	});
	const failed = await stage.askReplay(letter.id, { version: 'failed', waitSeconds: 30 });
	expect(failed.body).toMatchObject({ state: 'resolved' });
});

it('tells why when the workflow was deleted, and keeps the letter open', async () => {
	const { workflowId, letter } = await failedAtSecond('replay-deleted');
	await n8n.api(`/workflows/${workflowId}/deactivate`, { method: 'POST' });
	// It is refused while n8n still unpublishes.
	await until('the workflow to be gone', async () => {
		const { ok } = await n8n.api(`/workflows/${workflowId}`, { method: 'DELETE' });
		return ok || undefined;
	});
	for (const strategy of ['retry', 'redeliver']) {
		const { body } = await stage.askReplay(letter.id, { strategy, waitSeconds: 30 });
		expect(body).toMatchObject({ state: 'waiting' });
	}
	const { replays } = await stage.operator.letter(letter.id);
	expect(replays).toMatchObject([
		{ status: 'failed', message: expect.stringContaining('not in n8n any more') },
		{ status: 'failed', message: expect.stringContaining('workflow_not_found') },
	]);
});
