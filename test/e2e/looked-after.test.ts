import type { Alert } from '../../sidecar/contract/alerts';
import type { Execution } from '../../sidecar/contract/executions';
import type { Page } from '../../sidecar/contract/problem';
import { callTo, goLive, letterStage, type LetterStage } from '../support/dead-letters/stage';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { expectOk } from '../support/n8n/n8n-requests';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import { node, webhookWorkflow } from '../support/n8n/workflows';

jest.setTimeout(300_000);

let n8n: N8nConnection;
let stage: LetterStage;

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	stage = await letterStage();
	// Failures of other tests on the same n8n are none of ours.
	await stage.operator.register('looked-after', n8n, { deadLetters: { follow: false } });
});

afterAll(async () => {
	await stage?.stop();
});

const patient = () => ({ deadlineMs: 120_000, explain: () => stage.sidecar.log().slice(-3000) });
const start = async (workflow: string, more: object = {}) => {
	const body = { environment: 'looked-after', workflow, payload: { order: 7 }, ...more };
	return expectOk('start', await stage.sidecar.api<Execution>('/executions', { body }));
};
const executionOf = async (id: string) =>
	(await stage.sidecar.api<Execution>(`/executions/${id}`)).body;

it('keeps a dead letter with the payload of an execution that n8n has lost', async () => {
	const rest = node('Rest', 'n8n-nodes-base.wait', 1.1, { amount: 2, unit: 'hours' });
	const path = 'looked-after-lost';
	const workflowId = await goLive(
		n8n,
		webhookWorkflow({ name: `Letters ${path}`, path, then: [rest] }),
	);
	const { id } = await start(workflowId);
	const waits = await until(
		'it to wait in n8n',
		async () => {
			const seen = await executionOf(id);
			return seen.status === 'waiting' && seen.engineExecutionId !== null ? seen : undefined;
		},
		patient(),
	);
	const removed = await n8n.api(`/executions/${waits.engineExecutionId}`, { method: 'DELETE' });
	expectOk('remove the execution', removed);
	const lost = await until(
		'it to be given up',
		async () => {
			const seen = await executionOf(id);
			return seen.status === 'failed' ? seen : undefined;
		},
		patient(),
	);
	expect(lost).toMatchObject({ outcome: 'lost', letterId: expect.any(String) as string });
	const letter = await stage.operator.letter(lost.letterId ?? '');
	expect(letter).toMatchObject({ origin: 'execution', state: 'waiting', workflowId });
	expect(letter.trigger?.items).toMatchObject([{ json: { body: { order: 7 } } }]);
});

it('tells the end of an execution that asked for it, as an event', async () => {
	const path = 'looked-after-told';
	const workflowId = await goLive(
		n8n,
		webhookWorkflow({
			name: `Letters ${path}`,
			path,
			respond: 'lastNode',
			code: 'return [{ json: { sum: 42 } }];',
		}),
	);
	const { id } = await start(workflowId, { policy: { notify: true } });
	await start(workflowId);
	const bodies = await until(
		'the event',
		async () => {
			const { rows } = await stage.database.pool.query<{ body: Buffer }>(
				"select body from webhook_events where type = 'execution.finished'",
			);
			return rows.length > 0
				? rows.map(({ body }) => JSON.parse(body.toString()) as unknown)
				: undefined;
		},
		patient(),
	);
	expect(bodies).toEqual([
		expect.objectContaining({
			type: 'execution.finished',
			subject: id,
			environment: 'looked-after',
			data: expect.objectContaining({
				id,
				workflowId,
				status: 'succeeded',
				outcome: 'success',
				result: { sum: 42 },
			}) as unknown,
		}),
	]);
});

it('retries by itself what failed for a credential, once that was changed, and not before', async () => {
	const { supplier, operator, report } = stage;
	const name = 'Looked after key';
	const made = await n8n.api<{ id: string }>('/credentials', {
		body: { name, type: 'httpHeaderAuth', data: { name: 'x-key', value: 'old' } },
	});
	const credential = { id: expectOk('make a credential', made).id, name };
	const path = 'looked-after-key';
	const call = callTo(supplier.at('/key'));
	call.parameters = {
		...call.parameters,
		authentication: 'genericCredentialType',
		genericAuthType: 'httpHeaderAuth',
	};
	call.credentials = { httpHeaderAuth: credential };
	supplier.answers('/key', 401);
	const workflowId = await goLive(
		n8n,
		webhookWorkflow({ name: `Letters ${path}`, path, then: [call] }),
	);
	await callWebhook(n8n, path, { order: 1 });
	const failed = await waitForExecution(n8n, { workflowId, status: 'error' });
	const { body: letter } = await report({
		environment: 'looked-after',
		origin: 'error-workflow',
		workflowId,
		executionId: failed.id,
	});
	await until(
		'the letter to be of class auth',
		async () => (await operator.letter(letter.id)).errorClass === 'auth' || undefined,
		patient(),
	);
	supplier.answers('/key', 200);
	expect(await operator.letter(letter.id)).toMatchObject({ state: 'waiting', attempts: 0 });
	const changed = await n8n.api(`/credentials/${credential.id}`, {
		method: 'PATCH',
		body: { data: { name: 'x-key', value: 'new' } },
	});
	expectOk('change the credential', changed);
	const done = await until(
		'the letter to be resolved',
		async () => {
			const seen = await operator.letter(letter.id);
			return seen.state === 'resolved' ? seen : undefined;
		},
		patient(),
	);
	expect(done).toMatchObject({
		attempts: 1,
		replays: [{ strategy: 'retry', status: 'succeeded' }],
	});
	expect(supplier.calls('/key')).toBe(2);
});

it('raises an alert when a workflow goes out of service in n8n, and ends it when it is back', async () => {
	const { sidecar, database } = stage;
	const path = 'looked-after-gone';
	const workflowId = await goLive(n8n, webhookWorkflow({ name: `Letters ${path}`, path }));
	const rule = {
		condition: { kind: 'unpublished' },
		environment: 'looked-after',
		workflow: workflowId,
		channels: [],
	};
	expectOk('rule', await sidecar.api('/alerts/rules/gone', { method: 'PUT', body: rule }));
	await until(
		'the workflow to be known',
		async () => {
			const { rows } = await database.pool.query(
				'select from live_workflows where workflow_id = $1',
				[workflowId],
			);
			return rows.length > 0 || undefined;
		},
		patient(),
	);
	const alertIs = async (state: Alert['state']) =>
		await until(
			`the alert to be ${state}`,
			async () => {
				const { body } = await sidecar.api<Page<Alert>>('/alerts?rule=gone');
				return body.data.find((alert) => alert.state === state);
			},
			patient(),
		);
	expectOk('unpublish', await n8n.api(`/workflows/${workflowId}/deactivate`, { body: {} }));
	expect(await alertIs('firing')).toMatchObject({
		cause: `looked-after/${workflowId}`,
		summary: expect.stringContaining('Nobody paused it here') as string,
	});
	expectOk('publish', await n8n.api(`/workflows/${workflowId}/activate`, { body: {} }));
	await alertIs('resolved');
});
