import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook, waitForExecution } from '../support/n8n/workflow-runs';
import {
	callingWorkflow,
	chain,
	node,
	subWorkflow,
	webhookWorkflow,
} from '../support/n8n/workflows';
import {
	byHandOnly,
	callingOut,
	failOnce,
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
	await stage.operator.register('unfollowed', n8n, {
		deadLetters: { autoReplay: false, follow: false },
	});
	await stage.followed();
});

afterAll(async () => {
	await stage?.stop();
});

const throwing = (path: string, errorWorkflow?: string) =>
	webhookWorkflow({
		name: `Letters ${path}`,
		path,
		code: "throw new Error('no address for order ' + $json.body.order);",
		...(errorWorkflow ? { errorWorkflow } : {}),
	});

it('keeps a failed run with its payload, the failed node and its input, and the version', async () => {
	const path = 'letters-kept';
	const workflowId = await goLive(n8n, throwing(path));
	const version = await stage.operator.snapshot('production', workflowId);
	await callWebhook(n8n, path, { order: 7, note: 'ä\u0001 "quoted"', list: [1, null] });
	const { id } = await stage.operator.letterWhere(`workflowId=${workflowId}`);
	expect(await stage.operator.letter(id)).toMatchObject({
		environment: 'production',
		state: 'waiting',
		origin: 'follower',
		workflowId,
		workflowKey: version.workflowKey,
		versionId: version.id,
		errorClass: 'unknown',
		error: { node: 'Work', message: expect.stringContaining('no address for order 7') },
		trigger: {
			node: 'Webhook',
			items: [{ json: { body: { order: 7, note: 'ä\u0001 "quoted"', list: [1, null] } } }],
		},
		failedInput: [{ json: { body: { order: 7 } } }],
		replays: [],
	});
});

it('makes one letter of a failure that the error workflow and the follower report', async () => {
	const report = node('Report', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${stage.sidecar.url}/api/v1/dead-letters`,
		sendHeaders: true,
		headerParameters: {
			parameters: [{ name: 'Authorization', value: `Bearer ${stage.sidecar.token}` }],
		},
		sendBody: true,
		specifyBody: 'json',
		jsonBody: `={{ JSON.stringify({
			environment: 'production', origin: 'error-workflow', note: 'by the error workflow',
			workflowId: $json.workflow.id, executionId: $json.execution.id,
			error: { node: $json.execution.lastNodeExecuted, message: $json.execution.error.message },
		}) }}`,
		options: {},
	});
	const errorTrigger = node('Error Trigger', 'n8n-nodes-base.errorTrigger', 1);
	const errorWorkflow = await goLive(n8n, chain('Letters reporter', [errorTrigger, report]));
	const path = 'letters-twice';
	const workflowId = await goLive(n8n, throwing(path, errorWorkflow));
	await callWebhook(n8n, path, { order: 8 });
	await waitForExecution(n8n, { workflowId: errorWorkflow, status: 'success' });
	const { id } = await stage.operator.letterWhere(
		`workflowId=${workflowId}`,
		({ note }) => note === 'by the error workflow',
	);
	const letter = await until('the payload', async () => {
		const found = await stage.operator.letter(id);
		return found.trigger ? found : undefined;
	});
	expect(letter.trigger?.items[0]?.json).toMatchObject({ body: { order: 8 } });
	expect(await stage.lettersOf(workflowId)).toBe(1);
});

it('completes from n8n what an error workflow reports, also when the run is not over yet', async () => {
	const path = 'letters-early';
	const workflowId = await goLive(n8n, callingOut(path, stage.supplier.at('/early')));
	const held = stage.supplier.hold('/early');
	await callWebhook(n8n, path, { order: 9 });
	await held.arrived();
	const { id: executionId } = await waitForExecution(n8n, { workflowId, status: 'running' });
	const early = await stage.report({
		environment: 'unfollowed',
		origin: 'error-workflow',
		workflowId,
		executionId,
		error: { message: 'it fails any moment' },
	});
	expect(early.status).toBe(201);
	expect((await stage.operator.letter(early.body.id)).trigger).toBeNull();
	held.release(503);
	const letter = await until('the payload', async () => {
		const found = await stage.operator.letter(early.body.id);
		return found.trigger ? found : undefined;
	});
	expect(letter).toMatchObject({
		errorClass: 'transient',
		error: { node: 'Call 1', message: 'it fails any moment', httpStatus: 503 },
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 9 } } }] },
	});
});

it('redelivers an item of an error output, once per position, and does not retry it', async () => {
	const path = 'letters-items';
	const workflowId = await goLive(n8n, callingOut(path, stage.supplier.at('/items')));
	const item = {
		origin: 'error-output' as const,
		workflowId,
		executionId: '1',
		position: { node: 'Dead Letter', run: 0, item: 0 },
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 10 } } }] },
		failedInput: [{ json: { order: 10 } }],
	};
	const first = await stage.report(item);
	const again = await stage.report(item);
	expect([first.status, again.status]).toEqual([201, 200]);
	expect(again.body.id).toBe(first.body.id);
	expect(await stage.askReplay(first.body.id, { strategy: 'retry' })).toMatchObject({
		status: 409,
		body: { code: 'replay_not_possible', detail: expect.stringContaining('redeliver') },
	});
	expect(await stage.askReplay(first.body.id, { waitSeconds: 30 })).toMatchObject({
		status: 202,
		body: { state: 'resolved', attempts: 1 },
	});
	expect(stage.supplier.calls('/items')).toBe(1);
});

it('keeps a failed sub-workflow with its caller only, a detached one by itself', async () => {
	const childBody = (name: string) => subWorkflow(name, "throw new Error('child fails');");
	const child = await goLive(n8n, childBody('Letters child'));
	const parent = await goLive(n8n, callingWorkflow('Letters parent', 'letters-parent', child));
	const detached = await goLive(n8n, childBody('Letters detached child'));
	const body = callingWorkflow('Letters careless parent', 'letters-careless', detached);
	const call = body.nodes.find(({ name }) => name === 'Call');
	if (call) call.parameters['options'] = { waitForSubWorkflow: false };
	const careless = await goLive(n8n, body);
	await callWebhook(n8n, 'letters-parent', { order: 11 });
	await callWebhook(n8n, 'letters-careless', { order: 12 });

	const letter = await stage.operator.letterWhere(`workflowId=${detached}`);
	expect((await stage.operator.letter(letter.id)).trigger?.items).toMatchObject([
		{ json: { body: { order: 12 } } },
	]);
	const ofParent = await stage.operator.letterWhere(`workflowId=${parent}`);
	expect((await stage.operator.letter(ofParent.id)).trigger?.items).toMatchObject([
		{ json: { body: { order: 11 } } },
	]);
	// Whatever failed before this one has been judged when this one is a letter.
	const last = await goLive(n8n, throwing('letters-last'));
	await failOnce(n8n, last, 'letters-last', { order: 13 });
	await stage.operator.letterWhere(`workflowId=${last}`);
	expect(await stage.lettersOf(child)).toBe(0);
	expect(await stage.lettersOf(careless)).toBe(0);
});

it('keeps a run that took longer than its settings allow, but none that was stopped by hand', async () => {
	const slow = (path: string, settings: Record<string, unknown>) => {
		const body = callingOut(path, stage.supplier.at(`/${path}`));
		return { ...body, settings: { ...body.settings, ...settings } };
	};
	const stopped = await goLive(n8n, slow('letters-stopped', {}));
	const limited = await goLive(n8n, slow('letters-slow', { executionTimeout: 1 }));
	const holds = ['/letters-stopped', '/letters-slow'].map((path) => stage.supplier.hold(path));
	await callWebhook(n8n, 'letters-stopped', { order: 14 });
	const running = await waitForExecution(n8n, { workflowId: stopped, status: 'running' });
	await n8n.api(`/executions/${running.id}/stop`, { method: 'POST' });
	await waitForExecution(n8n, { workflowId: stopped, status: 'canceled' });
	await callWebhook(n8n, 'letters-slow', { order: 15 });

	const { id } = await stage.operator.letterWhere(`workflowId=${limited}`);
	expect(await stage.operator.letter(id)).toMatchObject({
		state: 'waiting',
		error: { name: 'ExecutionTimedOut' },
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 15 } } }] },
	});
	expect(await stage.lettersOf(stopped)).toBe(0);
	for (const hold of holds) hold.release();
	const retried = await stage.askReplay(id, { strategy: 'retry', waitSeconds: 20 });
	expect(retried.body).toMatchObject({ state: 'waiting', replays: [{ status: 'failed' }] });
	const redelivered = await stage.askReplay(id, { waitSeconds: 30 });
	expect(redelivered.body).toMatchObject({ state: 'resolved' });
});

it('keeps what failed while it was away, more than a page of n8n holds, each once', async () => {
	const path = 'letters-many';
	const workflowId = await goLive(n8n, throwing(path));
	await stage.operator.snapshot('production', workflowId);
	const orders = Array.from({ length: 300 }, (_, order) => order);
	await stage.sidecar.kill();
	const queue = [...orders];
	const caller = async () => {
		for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
			await callWebhook(n8n, path, { order });
		}
	};
	await Promise.all(Array.from({ length: 10 }, caller));
	await stage.sidecar.restart();
	const restarted = performance.now();
	const count = async () => {
		const { rows } = await stage.database.pool.query<{ letters: number; versions: number }>(
			`select count(*)::integer as letters, count(dead_letters.version_id)::integer as versions
			from dead_letters where dead_letters.workflow_id = $1`,
			[workflowId],
		);
		return rows[0];
	};
	await until('300 letters', async () => ((await count())?.letters ?? 0) >= 300 || undefined, {
		deadlineMs: 120_000,
		explain: () => stage.sidecar.log().slice(-2000),
	});
	const { rows: took } = await stage.database.pool.query<{ ms: number }>(
		`select extract(epoch from max(dead_letters.created_at) - min(dead_letters.created_at))::float8
			* 1000 as ms from dead_letters where dead_letters.workflow_id = $1`,
		[workflowId],
	);
	console.info(
		`300 failures kept ${Math.round(performance.now() - restarted)} ms after the restart, in ${took[0]?.ms ?? '?'} ms`,
	);
	expect(await count()).toEqual({ letters: 300, versions: 300 });
	const { rows } = await stage.database.pool.query<{ order: number }>(
		`select (dead_letters.trigger -> 'items' -> 0 -> 'json' -> 'body' ->> 'order')::integer as "order"
		from dead_letters where dead_letters.workflow_id = $1 order by 1`,
		[workflowId],
	);
	expect(rows.map(({ order }) => order)).toEqual(orders);
});
