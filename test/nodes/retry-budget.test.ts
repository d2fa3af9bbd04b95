import type { INodeExecutionData } from 'n8n-workflow';

import type { WithdrawalRequest } from '../../sidecar/contract/retry-budgets';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, runChain } from './support/run-nodes';
import { problem, startScriptedSidecar, type ScriptedSidecar } from './support/scripted-sidecar';
import { childrenOf } from './support/sub-workflows';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

const items = (...failures: number[]): INodeExecutionData[] =>
	failures.map((each, id) => ({ json: { id, failures: each } }));
const ids = (list: INodeExecutionData[]) => list.map(({ json }) => json['id']);
const options = { firstDelaySeconds: 0, retryBudget: 'orders/api' };

function loop(input: INodeExecutionData[], more: object = {}, baseUrl = sidecar.url): Chain {
	return {
		nodes: [
			{ name: 'Webhook', type: 'test.trigger' },
			{ name: 'Work', type: 'test.flaky', onError: 'continueErrorOutput', output: 1 },
			{
				name: 'Retry',
				type: 'pack.retry',
				parameters: { operation: 'backOff', maxAttempts: 3, options },
				...more,
			},
		],
		wires: [['Retry', 'Work']],
		items: input,
		baseUrl,
	};
}

/** Grants so many in all. */
function granting(most: number): void {
	let left = most;
	sidecar.answer(({ body }) => {
		const { retries } = body as WithdrawalRequest;
		const granted = Math.min(left, retries);
		left -= granted;
		return { body: { allowed: granted === retries, granted } };
	});
}

describe('a retry budget around a node', () => {
	it('is told all first calls once, and asked for all retries of a visit together', async () => {
		granting(99);
		const { all } = await runChain(n8n, loop(items(0, 1, 2, 0)));

		expect(sidecar.calls.map(({ route, body }) => [route, body])).toEqual([
			['POST /api/v1/retry-budgets/orders%2Fapi/withdrawals', { calls: 4, retries: 2 }],
			['POST /api/v1/retry-budgets/orders%2Fapi/withdrawals', { calls: 0, retries: 1 }],
		]);
		expect(ids(all('Work'))).toEqual([0, 3, 1, 2]);
	});

	it('gives up what it does not grant, first come first served', async () => {
		granting(2);
		const { all } = await runChain(n8n, loop(items(1, 1, 1, 1)));

		expect(ids(all('Work'))).toEqual([0, 1]);
		expect(all('Retry', 1).map(({ json }) => [json['id'], json['error']])).toMatchObject([
			[2, { reason: 'retry-budget', attempts: 1, httpStatus: 503 }],
			[3, { reason: 'retry-budget' }],
		]);
	});

	it('is not asked when nothing would be tried again', async () => {
		granting(0);
		const input = [{ json: { id: 0, failures: 1, status: 404 } }];
		await runChain(n8n, loop(input));

		expect(sidecar.calls).toEqual([]);
	});

	it.each([
		['is away', 'http://127.0.0.1:9', () => ({ body: {} })],
		['fails', undefined, () => problem(503, 'unavailable', 'Not now.')],
	])('lets all through when the sidecar %s, and says so', async (_how, baseUrl, answer) => {
		sidecar.answer(answer);
		const { all, hints } = await runChain(n8n, loop(items(1, 1), {}, baseUrl));

		expect(ids(all('Work'))).toEqual([0, 1]);
		expect(hints('Retry').map(({ message }) => message)).toEqual([
			expect.stringContaining('all retries were let through'),
		]);
	});

	it('fails when the sidecar refuses the question', async () => {
		sidecar.answer(() => problem(403, 'forbidden', 'This token may not.'));
		const { run } = await runChain(n8n, loop(items(1)));

		expect(run.data.resultData.error?.message).toContain('may not');
	});

	it('asks for a credential', async () => {
		const { run } = await runChain(n8n, loop(items(1), { credentials: undefined }));

		expect(run.data.resultData.error).toMatchObject({
			message: 'A retry budget is kept by the sidecar',
			description: expect.stringContaining('credential') as string,
		});
	});
});

describe('a retry budget around a sub-workflow', () => {
	it('is told each run, and asked before each further one', async () => {
		granting(1);
		const tried = new Map<unknown, number>();
		const children = childrenOf(({ items: [item] }) => {
			const id = item?.json['id'];
			tried.set(id, (tried.get(id) ?? 0) + 1);
			return (tried.get(id) ?? 0) > Number(item?.json['failures'])
				? { items: [{ json: { id: id as number } }] }
				: { error: { message: '503 - down' } };
		});
		const parameters = {
			operation: 'runSubWorkflow',
			workflowId: { __rl: true, mode: 'id', value: 'child' },
			maxAttempts: 3,
			options: { ...options, itemsAtOnce: 1 },
		};
		const { all } = await runChain(n8n, {
			nodes: [
				{ name: 'Webhook', type: 'test.trigger' },
				{ name: 'Retry', type: 'pack.retry', parameters },
			],
			items: items(0, 1, 1, 0),
			baseUrl: sidecar.url,
			around: children.around,
		});

		expect(ids(all('Retry'))).toEqual([0, 1, 3]);
		expect(all('Retry', 1)).toMatchObject([{ json: { id: 2, error: { reason: 'retry-budget' } } }]);
		const told = sidecar.calls.map(({ body }) => body as Required<WithdrawalRequest>);
		expect(told.reduce((sum, { calls }) => sum + calls, 0)).toBe(4);
		expect(told.map(({ retries }) => retries)).toEqual([1, 1, 0]);
	});
});
