import type { Execution } from '../../sidecar/contract/executions';
import { byHandOnly, callTo, goLive } from '../support/dead-letters/stage';
import { startSupplier, type Supplier } from '../support/dead-letters/supplier';
import { ledgerOf, type Ledger } from '../support/executions/stage';
import { freePorts } from '../support/n8n/free-ports';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { startN8nProxy, type N8nProxy } from '../support/n8n/n8n-proxy';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { callWebhook } from '../support/n8n/workflow-runs';
import { chain, subWorkflow, webhookWorkflow } from '../support/n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf, type Operator } from '../support/sidecar/operator';
import { startSidecar, type SidecarProcess } from '../support/sidecar/sidecar-process';

jest.setTimeout(180_000);

let n8n: N8nConnection;
let proxy: N8nProxy;
let database: FreshDatabase;
let mortal: SidecarProcess;
let other: SidecarProcess;
let operator: Operator;
let ledger: Ledger;
let supplier: Supplier;

beforeAll(async () => {
	[n8n, database, supplier] = [
		await sharedN8n('dev'),
		await freshDatabase(),
		await startSupplier(),
	];
	proxy = await startN8nProxy({ port: Number(new URL(n8n.baseUrl).port) });
	const databaseUrl = database.connectionString;
	// Both open what either has sealed.
	const env = { ORCHESTRATION_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64') };
	[mortal, other] = await Promise.all([
		startSidecar({ databaseUrl, env }),
		startSidecar({ databaseUrl, env }),
	]);
	operator = operatorOf(other);
	ledger = ledgerOf(other);
	await operator.register('dev', n8n, byHandOnly);
	await operator.register('far', { baseUrl: proxy.baseUrl, apiKey: n8n.apiKey }, byHandOnly);
});

afterAll(async () => {
	supplier?.stop();
	await Promise.all([mortal, other].map(async (each) => await each?.stop()));
	await proxy?.close();
	await database?.drop();
});

/** POST webhook → a call of that supplier's desk; answers at the end. */
const calling = (path: string) =>
	webhookWorkflow({
		name: `Faults ${path}`,
		path,
		respond: 'lastNode',
		then: [callTo(supplier.at(`/${path}`))],
	});
const onceOnly = { attempts: 1 };

it('shares work between replicas: both have calls under way', async () => {
	const workflow = await goLive(n8n, calling('faults-shared'));
	const held = supplier.hold('/faults-shared');
	const body = { environment: 'dev', workflow, payload: {}, policy: onceOnly };
	const accepted = await Promise.all(
		Array.from({ length: 8 }, async () => await ledger.start(body)),
	);
	// One process begins with four.
	await until(
		'all of them to be under way',
		() => supplier.calls('/faults-shared') === 8 || undefined,
	);
	held.release();
	for (const { id } of accepted) expect((await ledger.ended(id)).status).toBe('succeeded');
	expect(supplier.calls('/faults-shared')).toBe(8);
});

it('runs nothing twice when the sidecar that sent it is killed while it runs', async () => {
	const ways = {
		webhook: await goLive(n8n, calling('faults-killed')),
		runner: await goLive(
			n8n,
			chain('Faults runner', [
				...subWorkflow('Faults runner').nodes,
				callTo(supplier.at('/faults-killed-runner')),
			]),
		),
	};
	const desks = ['/faults-killed', '/faults-killed-runner'].map((path) => ({
		path,
		...supplier.hold(path),
	}));
	const started: Execution[] = [];
	for (const workflow of Object.values(ways)) {
		started.push(
			await ledgerOf(mortal).start({ environment: 'dev', workflow, payload: {}, policy: onceOnly }),
		);
	}
	await Promise.all(desks.map(async ({ arrived }) => await arrived()));
	// Both, since either may have taken them.
	await Promise.all([mortal.kill(), other.kill()]);
	await Promise.all([mortal.restart(), other.restart()]);
	for (const { release } of desks) release();
	for (const { id } of started) {
		expect(await ledger.ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
	}
	for (const { path } of desks) expect(supplier.calls(path)).toBe(1);
});

it('asks what became of a call whose answer was lost, and does not repeat it', async () => {
	const workflow = await goLive(n8n, calling('faults-lost'));
	proxy.add({ when: ({ path }) => path === '/webhook/faults-lost', fate: 'lost' });
	const { id } = await ledger.start({ environment: 'far', workflow, payload: { order: 1 } });
	const ended = await ledger.ended(id);
	expect(ended).toMatchObject({ status: 'succeeded', attempts: 1 });
	expect(ended.engineExecutionId).not.toBeNull();
	expect(supplier.calls('/faults-lost')).toBe(1);
});

it('sends again what surely never arrived', async () => {
	const workflow = await goLive(n8n, {
		...calling('faults-never'),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	});
	proxy.add({ when: ({ path }) => path === '/webhook/faults-never', fate: 'never-sent' });
	const { id } = await ledger.start({
		environment: 'far',
		workflow,
		payload: {},
		policy: onceOnly,
	});
	expect(await ledger.when(id, 'in-doubt')).toMatchObject({ attempts: 1 });
	expect(await ledger.ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
	expect(supplier.calls('/faults-never')).toBe(1);
});

it('accepts while n8n is down, and runs it all, once, when it is back', async () => {
	const [nobody] = await freePorts(1);
	const away = { baseUrl: `http://127.0.0.1:${nobody}`, apiKey: n8n.apiKey };
	await operator.register('away', away, byHandOnly);
	const workflow = await goLive(n8n, calling('faults-away'));
	const body = { environment: 'away', workflow, payload: {}, policy: onceOnly };
	const accepted = await Promise.all(
		Array.from({ length: 5 }, async () => await ledger.start(body)),
	);
	await until('an attempt to have been put off', async () => {
		const { rows } = await database.pool.query(
			`select from executions where environment = 'away' and due_at > accepted_at + interval '1 s'`,
		);
		return rows.length > 0 || undefined;
	});
	expect((await ledger.get(accepted[0]?.id ?? '')).attempts).toBeLessThanOrEqual(1);
	await operator.register('away', n8n, byHandOnly);
	for (const { id } of accepted) {
		expect(await ledger.ended(id)).toMatchObject({ status: 'succeeded', attempts: 1 });
	}
	expect(supplier.calls('/faults-away')).toBe(5);
});

it('queues while a workflow is paused, and then takes tenants in turns', async () => {
	const workflow = await goLive(
		n8n,
		webhookWorkflow({ name: 'Faults fair', path: 'faults-fair', respond: 'lastNode' }),
	);
	const { pool } = database;
	await pool.query(`insert into dispatch_pauses values ('dev', $1)`, [workflow]);
	const policy = { concurrency: 1 };
	const send = async (tenant: string, count: number) =>
		await Promise.all(
			Array.from(
				{ length: count },
				async () =>
					await ledger.start({ environment: 'dev', workflow, payload: {}, tenant, policy }),
			),
		);
	const flood = await send('flood', 20);
	const small = await send('small', 5);
	expect((await ledger.get(small[0]?.id ?? '')).status).toBe('queued');
	await pool.query(`delete from dispatch_pauses`);
	for (const { id } of [...flood, ...small]) await ledger.ended(id);
	const { rows } = await pool.query<{ tenant: string }>(
		`select tenant from executions where workflow_id = $1 and origin = 'api' order by started_at`,
		[workflow],
	);
	const lastOfSmall = rows.map(({ tenant }) => tenant).lastIndexOf('small');
	expect(lastOfSmall).toBeLessThan(12);
});

it('keeps what n8n ran without us, with why it failed, and nothing of ours twice', async () => {
	const workflow = await goLive(n8n, calling('faults-history'));
	supplier.answers('/faults-history', 200, 404, 200);
	await callWebhook(n8n, 'faults-history', { by: 'a person' });
	await callWebhook(n8n, 'faults-history', { by: 'a person' });
	const ours = await ledger.start({ environment: 'dev', workflow, payload: {}, wait: 30 });
	const seen = await until(
		'the history to be complete',
		async () => {
			const rows = await ledger.list(`workflowId=${workflow}&environment=dev`);
			const failed = rows.find(({ status }) => status === 'failed');
			const own = rows.find(({ id }) => id === ours.id);
			return rows.length === 3 && failed?.failedNode && own?.engineExecutionId ? rows : undefined;
		},
		{
			deadlineMs: 40_000,
			explain: () => other.log().slice(-2000),
		},
	);
	const observed = seen.filter(({ origin }) => origin === 'observed');
	expect(observed.map(({ status }) => status).sort()).toEqual(['failed', 'succeeded']);
	expect(observed.find(({ status }) => status === 'failed')).toMatchObject({
		failedNode: 'Call',
		errorClass: 'data',
		mode: 'webhook',
		workflowName: 'Faults faults-history',
		error: { httpStatus: 404 },
	});
	expect(await ledger.list(`search=HISTORY&environment=dev&failedNode=Call`)).toHaveLength(1);
	expect(await ledger.list(`workflowId=${workflow}&status=succeeded&origin=api`)).toHaveLength(1);
});
