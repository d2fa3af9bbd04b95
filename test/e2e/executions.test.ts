import { byHandOnly, callTo, goLive } from '../support/dead-letters/stage';
import { startSupplier, type Supplier } from '../support/dead-letters/supplier';
import { ledgerOf, type Ledger } from '../support/executions/stage';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { executionOf } from '../support/n8n/workflow-runs';
import { chain, codeNode, node, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

jest.setTimeout(180_000);

let n8n: N8nConnection;
let database: FreshDatabase;
let sidecar: SidecarProcess;
let operator: Operator;
let ledger: Ledger;
let supplier: Supplier;

beforeAll(async () => {
	[n8n, database, supplier] = [
		await sharedN8n('dev'),
		await freshDatabase(),
		await startSupplier(),
	];
	sidecar = await startSidecar({
		databaseUrl: database.connectionString,
		env: { EXECUTION_REDACTION: 'password,body.card.number', LOG_LEVEL: 'debug' },
	});
	operator = operatorOf(sidecar);
	ledger = ledgerOf(sidecar);
	await operator.register('dev', n8n, byHandOnly);
});

afterAll(async () => {
	supplier?.stop();
	await sidecar?.stop();
	await database?.drop();
});

const quick = { attempts: 3, baseDelayMs: 20, maxDelayMs: 50 };
const answering = (path: string, code?: string, then: ReturnType<typeof callTo>[] = []) =>
	webhookWorkflow({
		name: `Ledger ${path}`,
		path,
		respond: 'lastNode',
		then,
		...(code === undefined ? {} : { code }),
	});
/** Ends with the answer of a supplier's desk. */
const calling = (path: string) => answering(path, undefined, [callTo(supplier.at(`/${path}`))]);

it('runs a workflow by its own webhook, as its callers do, and gives the result', async () => {
	const code = 'return [{ json: { doubled: $input.first().json.body.n * 2 } }];';
	const workflow = await goLive(n8n, answering('ledger-webhook', code));
	const started = await ledger.ask({ environment: 'dev', workflow, payload: { n: 21 }, wait: 30 });
	expect(started).toMatchObject({
		status: 200,
		body: {
			status: 'succeeded',
			outcome: 'success',
			attempts: 1,
			payload: { n: 21 },
			result: { doubled: 42 },
			history: [{ number: 1, route: 'webhook', status: 'succeeded' }],
		},
	});
});

it('runs one without a webhook by the runner, and gives what its last node gave', async () => {
	const code = 'return $input.all().map(({ json }) => ({ json: { seen: json } }));';
	const workflow = await goLive(n8n, subWorkflow('Ledger runner', code));
	const ended = await ledger.start({
		environment: 'dev',
		workflow,
		payload: [{ a: 1 }, 2],
		wait: 40,
	});
	expect(ended).toMatchObject({
		status: 'succeeded',
		result: { items: [{ json: { seen: { a: 1 } } }, { json: { seen: { value: 2 } } }] },
		history: [{ route: 'runner' }],
	});
	const run = await executionOf(n8n, ended.engineExecutionId ?? '');
	expect(run).toMatchObject({ workflowId: workflow, status: 'success' });
});

it('follows one that answers at once to its end', async () => {
	const code = 'return [{ json: { late: true } }];';
	const workflow = await goLive(
		n8n,
		webhookWorkflow({ name: 'Ledger at once', path: 'ledger-at-once', code }),
	);
	const { id } = await ledger.start({ environment: 'dev', workflow, payload: {} });
	const ended = await ledger.ended(id);
	expect(ended).toMatchObject({
		status: 'succeeded',
		result: { items: [{ json: { late: true } }] },
	});
	expect(await executionOf(n8n, ended.engineExecutionId ?? '')).toMatchObject({
		workflowId: workflow,
		status: 'success',
	});
});

it('tries again what may pass, and then it has succeeded', async () => {
	const workflow = await goLive(n8n, calling('ledger-retry'));
	supplier.answers('/ledger-retry', 503, 503, 200);
	const ended = await ledger.start({
		environment: 'dev',
		workflow,
		payload: { order: 1 },
		policy: quick,
		wait: 40,
	});
	expect(ended).toMatchObject({ status: 'succeeded', attempts: 3, error: null });
	expect(ended.history.map(({ status }) => status)).toEqual(['failed', 'failed', 'succeeded']);
	expect(new Set(ended.history.map(({ engineExecutionId }) => engineExecutionId)).size).toBe(3);
	expect(supplier.calls('/ledger-retry')).toBe(3);
});

it('makes a dead letter with payload and cause of what fails for good, and only one', async () => {
	const workflow = await goLive(n8n, calling('ledger-fails'));
	supplier.answers('/ledger-fails', 400);
	const failed = await ledger.start({
		environment: 'dev',
		workflow,
		payload: { order: 2 },
		policy: quick,
		wait: 40,
	});
	expect(failed).toMatchObject({
		status: 'failed',
		outcome: 'error',
		attempts: 1,
		errorClass: 'data',
		failedNode: 'Call',
		error: { httpStatus: 400 },
	});
	const letter = await operator.letter(failed.letterId ?? '');
	expect(letter).toMatchObject({
		origin: 'execution',
		workflowId: workflow,
		executionId: failed.engineExecutionId,
		trigger: { node: 'Webhook', items: [{ json: { body: { order: 2 } } }] },
		error: { node: 'Call', httpStatus: 400 },
	});
	supplier.answers('/ledger-fails', 200);
	const { body: again } = await sidecar.api<{ id: string }>(`/executions/${failed.id}/retry`, {
		body: {},
	});
	expect(await ledger.ended(again.id)).toMatchObject({ status: 'succeeded', retryOf: failed.id });
	const resolved = await operator.letterWhere(
		`workflowId=${workflow}`,
		({ state }) => state === 'resolved',
	);
	expect(resolved.id).toBe(letter.id);
	expect(await operator.letters(`workflowId=${workflow}`)).toHaveLength(1);
});

it('does for one idempotency key what it does once, and refuses another payload for it', async () => {
	const workflow = await goLive(n8n, calling('ledger-once'));
	const body = { environment: 'dev', workflow, payload: { order: 3 }, idempotencyKey: 'order-3' };
	const answers = await Promise.all(
		Array.from({ length: 5 }, async () => await ledger.start(body)),
	);
	expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
	await ledger.ended(answers[0]?.id ?? '');
	expect((await ledger.start(body)).status).toBe('succeeded');
	expect(supplier.calls('/ledger-once')).toBe(1);
	expect(await ledger.ask({ ...body, payload: { order: 4 } })).toMatchObject({
		status: 422,
		body: { code: 'idempotency_key_reused' },
	});
});

it('runs the version that is named, whatever is live', async () => {
	const path = 'ledger-version';
	const body = (version: number) => answering(path, `return [{ json: { version: ${version} } }];`);
	const workflow = await goLive(n8n, body(1));
	const first = await operator.snapshot('dev', workflow);
	await n8n.api(`/workflows/${workflow}`, { method: 'PUT', body: body(2) });
	const named = { environment: 'dev', workflow: first.workflowKey, version: first.id, payload: {} };
	expect(await ledger.start({ ...named, wait: 40 })).toMatchObject({
		status: 'succeeded',
		versionId: first.id,
		result: { items: [{ json: { version: 1 } }] },
	});
});

it('stops one that takes longer than its deadline, and keeps it as a dead letter', async () => {
	const workflow = await goLive(n8n, calling('ledger-deadline'));
	const held = supplier.hold('/ledger-deadline');
	const deadline = new Date(Date.now() + 4_000).toISOString();
	const { id } = await ledger.start({ environment: 'dev', workflow, payload: {}, deadline });
	await held.arrived();
	const failed = await ledger.ended(id);
	expect(failed).toMatchObject({ status: 'failed', outcome: 'deadline', attempts: 1 });
	expect(failed.letterId).not.toBeNull();
	held.release();
	expect(supplier.calls('/ledger-deadline')).toBe(1);
});

it('cancels one that is queued for good, and stops one that runs', async () => {
	const workflow = await goLive(n8n, calling('ledger-cancel'));
	const held = supplier.hold('/ledger-cancel');
	const policy = { concurrency: 1 };
	const first = await ledger.start({ environment: 'dev', workflow, payload: { n: 1 }, policy });
	await held.arrived();
	const second = await ledger.start({ environment: 'dev', workflow, payload: { n: 2 }, policy });
	const cancel = async (id: string) => await sidecar.api(`/executions/${id}/cancel`, { body: {} });
	expect(await cancel(second.id)).toMatchObject({ status: 202, body: { status: 'canceled' } });
	expect(await cancel(second.id)).toMatchObject({
		status: 409,
		body: { code: 'execution_closed' },
	});
	await cancel(first.id);
	const ended = await ledger.ended(first.id);
	expect(ended).toMatchObject({ status: 'canceled', outcome: 'canceled', letterId: null });
	held.release();
	expect(supplier.calls('/ledger-cancel')).toBe(1);
});

it('parks without a call of its own when the workflow waits, and sees the end', async () => {
	const wait = node(
		'Wait',
		'n8n-nodes-base.wait',
		1.1,
		{ resume: 'webhook', options: {} },
		{ webhookId: 'ledger-wait' },
	);
	const { nodes, settings } = answering('ledger-waits');
	const end = codeNode('End', 'return [{ json: { resumed: true } }];');
	const workflow = await goLive(n8n, chain('Ledger waits', [...nodes, wait, end], settings));
	const { id } = await ledger.start({ environment: 'dev', workflow, payload: {} });
	const parked = await ledger.when(id, 'waiting');
	const { data } = await executionOf(n8n, parked.engineExecutionId ?? '');
	const token = /"resumeToken":"([^"]+)"/.exec(JSON.stringify(data))?.[1] ?? '';
	await fetch(`${n8n.baseUrl}/webhook-waiting/${parked.engineExecutionId}?signature=${token}`);
	expect(await ledger.ended(id)).toMatchObject({
		status: 'succeeded',
		result: { items: [{ json: { resumed: true } }] },
	});
});

it('hides what the rules name in payloads, results and the log, and sends it all the same', async () => {
	const code = `const { body } = $input.first().json;
		return [{ json: { password: body.password, was: body.password.length, kept: body.name } }];`;
	const workflow = await goLive(n8n, answering('ledger-secret', code));
	const payload = { name: 'Ada', password: 'correct horse' };
	const { id } = await ledger.start({ environment: 'dev', workflow, payload, wait: 30 });
	const seen = await ledger.get(id);
	expect(seen.payload).toEqual({ name: 'Ada', password: '[redacted]' });
	expect(seen.result).toEqual({ password: '[redacted]', was: 13, kept: 'Ada' });
	expect(sidecar.log()).not.toContain('correct horse');
	const { rows } = await database.pool.query<{ text: string }>(
		'select executions::text as text from executions',
	);
	expect(rows.map(({ text }) => text).join()).not.toContain('correct horse');
});

it('refuses a workflow that is not there for good, with a dead letter', async () => {
	const body = { environment: 'dev', workflow: 'nobody', payload: { a: 1 }, wait: 30 };
	const failed = await ledger.start(body);
	expect(failed).toMatchObject({ status: 'failed', outcome: 'refused' });
	expect(await operator.letter(failed.letterId ?? '')).toMatchObject({ workflowId: 'nobody' });
	expect(await ledger.ask({ ...body, environment: 'nowhere' })).toMatchObject({ status: 404 });
});

it('accounts for everything it has accepted', async () => {
	const text = await (await fetch(`${sidecar.url}/metrics`)).text();
	const of = (state: string) =>
		Number(new RegExp(`ledger="executions",state="${state}"\\} (\\d+)`).exec(text)?.[1]);
	expect(of('accepted')).toBeGreaterThan(10);
	const parts = ['completed', 'dead_lettered', 'discarded', 'in_flight'];
	expect(parts.reduce((sum, part) => sum + of(part), 0)).toBe(of('accepted'));
});
