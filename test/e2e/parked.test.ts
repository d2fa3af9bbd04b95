import type { Parked } from '../../sidecar/contract/parking';
import type { N8nConnection } from '../support/n8n/n8n-connection';
import { type N8nInstance, startN8n } from '../support/n8n/n8n-instance';
import { sharedN8n } from '../support/n8n/shared-n8n';
import { until } from '../support/n8n/until';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { operatorOf } from '../support/sidecar/operator';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { goLiveWaiting, startWaiting, toldTo, type WaitingExecution } from './parked-workflow';

jest.setTimeout(240_000);

let database: FreshDatabase;
let sidecar: SidecarProcess;
let n8n: N8nConnection;

beforeAll(async () => {
	n8n = await sharedN8n('dev');
	database = await freshDatabase();
	sidecar = await startSidecar({ databaseUrl: database.connectionString });
	await operatorOf(sidecar).register('dev', n8n, { deadLetters: { autoReplay: false } });
});
afterAll(async () => {
	await sidecar?.stop();
	await database?.drop();
});

const park = async (waiting: WaitingExecution, wake: object, environment = 'dev') => {
	const { status, body } = await sidecar.api<Parked>('/parked', {
		body: { environment, nodeId: 'gate', visit: 0, ...waiting, ...wake },
	});
	expect(status).toBe(201);
	return body;
};
const settled = async (id: string) =>
	await until(
		`${id} to be settled`,
		async () => {
			const { body } = await sidecar.api<Parked>(`/parked/${id}`);
			return body.settledAt === null ? undefined : body;
		},
		{ deadlineMs: 60_000, explain: () => sidecar.log().slice(-2000) },
	);
const ended = async (on: N8nConnection, executionId: string) =>
	await until(`execution ${executionId} to succeed`, async () => await toldTo(on, executionId));

it('wakes an execution at its time with its ticket, not before, and once', async () => {
	const workflowId = await goLiveWaiting(n8n, 'parked-once');
	const [waiting] = await startWaiting(n8n, workflowId, 'parked-once');
	const at = Date.now() + 1_500;
	const { id } = await park(waiting!, { resumeAt: new Date(at).toISOString() });
	expect(await settled(id)).toMatchObject({ state: 'resumed', attempts: 1 });
	const after = await ended(n8n, waiting!.executionId);
	expect(after).toMatchObject({
		runs: 1,
		told: { ticket: { id, nodeId: 'gate', visit: 0 }, reason: 'due' },
	});
	expect(after.at).toBeGreaterThanOrEqual(at);
	const { body } = await sidecar.api<string>('//metrics');
	expect(body).toContain('orchestration_resume_lateness_seconds_count{environment="dev"}');
	expect(sidecar.log()).not.toContain(waiting!.resumeToken);
});

it('settles as gone what ended otherwise, never was, or has another token', async () => {
	const workflowId = await goLiveWaiting(n8n, 'parked-gone');
	const [first, second] = await startWaiting(n8n, workflowId, 'parked-gone', 2);
	await park(first!, { waitMs: 0 });
	await ended(n8n, first!.executionId);
	const finished = await park(first!, { waitMs: 0, visit: 1 } as object);
	expect(await settled(finished.id)).toMatchObject({ state: 'gone', goneBecause: 'finished' });
	const unknown = await park({ ...second!, executionId: '99999999' }, { waitMs: 0 });
	expect(await settled(unknown.id)).toMatchObject({ state: 'gone', goneBecause: 'deleted' });
	const wrong = await park({ ...second!, resumeToken: 'f'.repeat(64) }, { waitMs: 0 });
	expect(await settled(wrong.id)).toMatchObject({ state: 'gone', goneBecause: 'token-refused' });
	const right = await park(second!, { waitMs: 0 });
	expect(await settled(right.id)).toMatchObject({ state: 'resumed' });
});

it('wakes nothing that was taken back', async () => {
	const workflowId = await goLiveWaiting(n8n, 'parked-back');
	const [waiting] = await startWaiting(n8n, workflowId, 'parked-back');
	const back = await park(waiting!, { waitMs: 3_600_000 });
	expect((await sidecar.api(`/parked/${back.id}`, { method: 'DELETE' })).status).toBe(200);
	expect((await sidecar.api<Parked>(`/parked/${back.id}`)).body.state).toBe('cancelled');
	const { body } = await n8n.api<{ status: string }>(`/executions/${waiting!.executionId}`);
	expect(body.status).toBe('waiting');
	await n8n.api(`/executions/${waiting!.executionId}/stop`, { method: 'POST' });
});

it('wakes each of many once, over a kill -9 of the sidecar', async () => {
	const workflowId = await goLiveWaiting(n8n, 'parked-killed');
	const all = await startWaiting(n8n, workflowId, 'parked-killed', 12);
	const tickets: Parked[] = [];
	for (const [nth, waiting] of all.entries()) {
		tickets.push(await park(waiting, { waitMs: 300 + nth * 100 }));
	}
	await until('the first to be resumed', async () => {
		const { body } = await sidecar.api<{ data: Parked[] }>(
			`/parked?environment=dev&state=resumed&limit=100`,
		);
		return body.data.some(({ id }) => tickets.some((each) => each.id === id)) || undefined;
	});
	await sidecar.kill();
	await sidecar.restart();
	for (const { id } of tickets) {
		const { state, goneBecause } = await settled(id);
		// What was asked for at the moment of the kill may have been resumed unheard.
		if (state !== 'resumed') expect([state, goneBecause]).toEqual(['gone', 'finished']);
	}
	for (const { executionId } of all) {
		expect(await ended(n8n, executionId)).toMatchObject({ runs: 1 });
	}
});

describe('an n8n that goes away', () => {
	let own: N8nInstance;
	beforeAll(async () => {
		own = await startN8n();
		await operatorOf(sidecar).register('away', own, { deadLetters: { autoReplay: false } });
	});
	afterAll(async () => {
		await own?.stop();
	});

	it('is asked until it is back, and then goes on with what was due meanwhile', async () => {
		const workflowId = await goLiveWaiting(own, 'parked-away');
		const all = await startWaiting(own, workflowId, 'parked-away', 3);
		await own.kill();
		const tickets: Parked[] = [];
		for (const waiting of all) tickets.push(await park(waiting, { waitMs: 0 }, 'away'));
		await until('an attempt in vain', async () => {
			const { body } = await sidecar.api<Parked>(`/parked/${tickets[0]!.id}`);
			return body.attempts > 0 && body.trouble !== null ? body : undefined;
		});
		await own.restart();
		for (const { id } of tickets) expect(await settled(id)).toMatchObject({ state: 'resumed' });
		for (const { executionId } of all) {
			expect(await ended(own, executionId)).toMatchObject({ runs: 1 });
		}
	});
});
