import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, EXECUTION_ID, resumeChain, runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';
import { wakeChain } from './support/wake';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const order = (id: number, more: IDataObject = {}): INodeExecutionData => ({
	json: { id, ...more },
});
const ids = (items: INodeExecutionData[]) => items.map(({ json }) => json['id']);
const delays = (seconds: number) => ({
	firstDelaySeconds: seconds,
	maxDelaySeconds: seconds,
	jitter: false,
});

/** A loop around a node whose first item fails once and whose second is given up. */
function loop(options: object = {}, more: object = {}): Chain {
	return {
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			{ name: 'Work', type: 'test.flaky', onError: 'continueErrorOutput', output: 1 },
			{
				name: 'Retry',
				type: 'pack.retry',
				parameters: { operation: 'backOff', options: { ...delays(30), ...options } },
				...more,
			},
		],
		wires: [['Retry', 'Work']],
		items: [order(1, { failures: 1 }), order(2, { failures: 1, status: 404 })],
		baseUrl: sidecar.url,
	};
}

const accepting = () =>
	sidecar.answer(({ body }) => ({ status: 201, body: { id: 'ticket-1', ...(body as object) } }));
const ticket = { id: 'ticket-1', nodeId: 'id-of-Retry', visit: 0 };

describe('a long wait with a sidecar', () => {
	it('is handed over with a ticket, and the execution waits a little longer than that', async () => {
		accepting();
		const began = Date.now();
		const { run } = await runChain(n8n, loop());

		expect(sidecar.calls).toHaveLength(1);
		expect(sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/parked',
			body: {
				executionId: EXECUTION_ID,
				workflowId: 'workflow-1',
				nodeId: 'id-of-Retry',
				visit: 0,
				resumeToken: run.data.resumeToken,
			},
		});
		const { waitMs } = sidecar.calls[0]?.body as { waitMs: number };
		expect(waitMs).toBeGreaterThan(25_000);
		expect(waitMs).toBeLessThanOrEqual(30_000);
		expect(run.waitTill?.getTime()).toBeGreaterThanOrEqual(began + 90_000);
	});

	it('ends when the sidecar wakes it: each item leaves by its own output', async () => {
		accepting();
		const chain = loop();
		const { run } = await runChain(n8n, chain);
		const { outcome } = await wakeChain(n8n, chain, run, { ticket, reason: 'due' });

		expect(ids(outcome?.all('Work') ?? [])).toEqual([1]);
		expect(outcome?.all('Retry').map(({ json }) => json)).toEqual([{ id: 1, failures: 1 }]);
		expect(outcome?.all('Retry', 1)).toMatchObject([
			{ json: { id: 2, error: { reason: 'not-retryable' } } },
		]);
	});

	it('ends in the same way when the sidecar is gone for good', async () => {
		accepting();
		const chain = loop();
		const { run } = await runChain(n8n, chain);
		const { all } = await resumeChain(n8n, chain, run);

		expect(ids(all('Work'))).toEqual([1]);
		expect(ids(all('Retry', 1))).toEqual([2]);
	});

	it.each([
		['another visit', { ticket: { ...ticket, visit: 1 } }, 409, 'other_ticket'],
		['another node', { ticket: { ...ticket, nodeId: 'id-of-Work' } }, 409, 'other_ticket'],
		['no ticket', {}, 422, 'bad_ticket'],
		['a ticket without its parts', { ticket: { id: 'x' } }, 422, 'bad_ticket'],
		['a null', { ticket: null }, 422, 'bad_ticket'],
	])('is not ended by a call for %s', async (_which, body, status, code) => {
		accepting();
		const chain = loop();
		const { run } = await runChain(n8n, chain);
		const wake = await wakeChain(n8n, chain, run, body);

		expect(wake).toMatchObject({ status, body: { code } });
		expect(wake.outcome).toBeUndefined();
	});

	it('has a visit of its own each time', async () => {
		accepting();
		const chain = { ...loop(), items: [order(1, { failures: 2 })] };
		const first = await runChain(n8n, chain);
		const { outcome } = await wakeChain(n8n, chain, first.run, { ticket });
		const again = outcome?.run ?? first.run;

		expect(again.waitTill).toBeTruthy();
		expect(sidecar.calls.map(({ body }) => (body as { visit: number }).visit)).toEqual([0, 1]);
		const stale = await wakeChain(n8n, chain, again, { ticket });
		expect(stale.status).toBe(409);
		const { outcome: last } = await wakeChain(n8n, chain, again, {
			ticket: { ...ticket, visit: 1 },
		});
		expect(ids(last?.all('Work') ?? [])).toEqual([1]);
	});
});

describe('a wait that is not parked', () => {
	it.each([
		['refuses', () => problem(403, 'forbidden', 'This token may not park.')],
		['is down', () => problem(503, 'unavailable', 'Not now.')],
		['does not know how', () => problem(404, 'not_found', 'No such route.')],
		['is something else that says yes', () => ({ body: {} })],
	])('goes to n8n when the sidecar %s', async (_how, answer) => {
		sidecar.answer(answer);
		const chain = loop(delays(100));
		const { run } = await runChain(n8n, chain);

		expect(sidecar.calls).toHaveLength(1);
		const until = run.waitTill?.getTime() ?? 0;
		expect(until - Date.now()).toBeLessThanOrEqual(100_000);
		const { all } = await resumeChain(n8n, chain, run);
		expect(ids(all('Work'))).toEqual([1]);
		expect(ids(all('Retry', 1))).toEqual([2]);
	});

	it('stays in this process when it is short', async () => {
		accepting();
		const { all, run } = await runChain(n8n, loop(delays(0.2)));

		expect(sidecar.calls).toEqual([]);
		expect(run.waitTill).toBeFalsy();
		expect(ids(all('Work'))).toEqual([1]);
	});

	it.each([
		['the node says so', loop, { longWaits: 'n8n' }, {}],
		['the node has no credential', loop, {}, { credentials: undefined }],
	])('goes to n8n when %s', async (_why, chainOf, options, more) => {
		accepting();
		const chain = chainOf({ ...delays(100), ...options }, more);
		const { run } = await runChain(n8n, chain);

		expect(sidecar.calls).toEqual([]);
		expect(run.waitTill?.getTime()).toBeGreaterThan(Date.now() + 90_000);
	});
});

describe('Acquire with a long wait', () => {
	const chain = (): Chain => ({
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			{
				name: 'Limit',
				type: 'pack.rateLimit',
				parameters: { operation: 'acquire', key: '={{ $json.key }}', options: {} },
			},
		],
		items: [order(1, { key: 'far' }), order(2, { key: 'full' }), order(3, { key: 'near' })],
		baseUrl: sidecar.url,
	});

	it('is parked until the last time, and what was refused leaves by Refused', async () => {
		sidecar.answer(({ route, body }) => {
			if (route.endsWith('/parked')) return { status: 201, body: { id: 't', ...(body as object) } };
			const waitMs = route.includes('far') ? 40_000 : 10_000;
			return route.includes('full')
				? { body: { granted: false, retryAt: '2030-01-01T00:00:00.000Z' } }
				: { body: { granted: true, reservations: [{ at: '', waitMs }] } };
		});
		const waiting = await runChain(n8n, chain());
		const { waitMs } = sidecar.calls.at(-1)?.body as { waitMs: number };
		expect(waitMs).toBeGreaterThan(35_000);

		const own = { id: 't', nodeId: 'id-of-Limit', visit: 0 };
		const { outcome } = await wakeChain(n8n, chain(), waiting.run, { ticket: own });
		expect(ids(outcome?.all('Limit') ?? [])).toEqual([1, 3]);
		expect(ids(outcome?.all('Limit', 1) ?? [])).toEqual([2]);
	});
});
