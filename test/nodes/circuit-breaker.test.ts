import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import type { OutcomeReport, PermitAnswer, PermitRequest } from '../../sidecar/contract/circuits';
import { until } from '../support/n8n/until';
import { loadN8nCore, type N8nInProcess } from '../support/n8n-core';
import { type Chain, runChain } from './support/run-nodes';
import {
	problem,
	startScriptedSidecar,
	type ScriptedSidecar,
	type SidecarAnswer,
} from './support/scripted-sidecar';
import { childrenOf, type Children } from './support/sub-workflows';

let n8n: N8nInProcess;
let sidecar: ScriptedSidecar;
let keys = 0;

beforeAll(async () => {
	n8n = await loadN8nCore();
	sidecar = await startScriptedSidecar();
}, 600_000);

afterAll(async () => await sidecar.close());

/** A circuit nobody has used: those of a process live as long as it. */
const newCircuit = () => `circuit ${++keys}`;

const trigger = { name: 'Webhook', type: 'test.trigger' };
const items = (...ids: number[]): INodeExecutionData[] => ids.map((id) => ({ json: { id } }));
const ids = (list: INodeExecutionData[]) => list.map(({ json }) => json['id']);
const seen = (list: INodeExecutionData[]) =>
	list.map(({ json }) => json['circuitBreaker'] as IDataObject);

const breaker = (
	operation: string,
	circuit: string,
	parameters: object = {},
	more: object = {},
) => ({
	name: 'Breaker',
	type: 'pack.circuitBreaker',
	parameters: {
		operation,
		circuit: { __rl: true, mode: 'name', value: circuit },
		...parameters,
	} as never,
	...more,
});

async function run(
	node: Chain['nodes'][number],
	input: INodeExecutionData[],
	baseUrl = sidecar.url,
	around?: Children['around'],
) {
	return await runChain(n8n, {
		nodes: [trigger, node],
		items: input,
		baseUrl,
		...(around ? { around } : {}),
	});
}

const error = { error: { message: '503 - "down"', status: 503 } };

describe('Guard and Report in this process', () => {
	it('lets items through unchanged but for one field, and opens when failures are reported', async () => {
		const circuit = newCircuit();
		const before = await run(breaker('guard', circuit), items(1, 2));
		await run(breaker('report', circuit), Array(5).fill({ json: error }));
		const after = await run(breaker('guard', circuit), items(3));

		expect(before.json('Breaker')).toEqual(
			[1, 2].map((id) => ({
				id,
				circuitBreaker: { circuit, state: 'closed', decidedBy: 'process' },
			})),
		);
		expect(after.items('Breaker', 0)).toEqual([]);
		expect(after.json('Breaker', 1)).toEqual([
			{
				id: 3,
				circuitBreaker: {
					circuit,
					state: 'open',
					decidedBy: 'process',
					retryAt: expect.stringMatching(/^\d{4}-/) as string,
				},
			},
		]);
	});

	it('shares a circuit between executions by its name only', async () => {
		const circuit = newCircuit();
		await run(breaker('report', circuit), Array(5).fill({ json: error }));

		expect((await run(breaker('guard', newCircuit()), items(1))).items('Breaker')).toHaveLength(1);
		expect((await run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(0);
	});

	it('guards each item by the circuit its expression names', async () => {
		const [bad, good] = [newCircuit(), newCircuit()];
		await run(breaker('report', bad), Array(5).fill({ json: error }));
		const input = [bad, good, bad, good].map((service, id) => ({ json: { id, service } }));
		const { items: left } = await run(breaker('guard', '={{ $json.service }}'), input);

		expect(ids(left('Breaker'))).toEqual([1, 3]);
		expect(ids(left('Breaker', 1))).toEqual([0, 2]);
	});

	it('lets so many probes through when it may be back, and hears of them in the same run', async () => {
		const circuit = newCircuit();
		const quick = { options: { openSeconds: 0.001, probes: 2 } };
		await run(breaker('guard', circuit, quick), items(1));
		await run(breaker('report', circuit), Array(5).fill({ json: error }));
		const opened = Date.now();
		await until('a millisecond to pass', () => Date.now() > opened || undefined, { everyMs: 1 });
		const guardNode = { ...breaker('guard', circuit, quick), name: 'Guard' };
		const probing = await runChain(n8n, {
			nodes: [trigger, guardNode, { name: 'Work', type: 'test.pass' }, breaker('report', circuit)],
			items: items(1, 2, 3, 4, 5),
			baseUrl: sidecar.url,
		});

		expect(ids(probing.items('Guard'))).toEqual([1, 2]);
		expect(seen(probing.items('Guard', 1))[0]).toMatchObject({ state: 'half-open' });
		const later = await run(breaker('guard', circuit, quick), items(6, 7, 8));
		expect(seen(later.items('Breaker')).map(({ state }) => state)).toEqual(Array(3).fill('closed'));
	});

	it.each([
		['an error in json.error', { json: error }, 'auto', true],
		['a message in json.error', { json: { error: 'no' } }, 'auto', true],
		['an error beside the JSON', { json: {}, error: { message: 'no' } as never }, 'auto', true],
		['no error', { json: { id: 1 } }, 'auto', false],
		['an error, but told it is a success', { json: error }, 'success', false],
		['no error, but told it is a failure', { json: { id: 1 } }, 'failure', true],
	])('takes %s for what it is', async (_what, item, outcome, failed) => {
		const circuit = newCircuit();
		const { json } = await run(breaker('report', circuit, { outcome }), Array(5).fill(item));
		const { items: left } = await run(breaker('guard', circuit), items(1));

		expect(json('Breaker')).toHaveLength(5);
		expect(left('Breaker')).toHaveLength(failed ? 0 : 1);
	});

	it('does not count statuses it was told to ignore', async () => {
		const circuit = newCircuit();
		const missing = { json: { error: { message: '404 - "none"', status: 404 } } };
		const options = { options: { ignoreStatuses: '4xx' } };
		await run(breaker('report', circuit, options), Array(5).fill(missing));

		expect((await run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(1);
	});

	it('opens on slow calls reported as such', async () => {
		const circuit = newCircuit();
		const options = { slowAfterSeconds: 1, slowMinimumCalls: 2 };
		await run(breaker('guard', circuit, { options }), items(1));
		await run(breaker('report', circuit, { options: { slow: true } }), items(1, 2));

		expect((await run(breaker('guard', circuit, { options }), items(1))).items('Breaker')).toEqual(
			[],
		);
	});

	it.each([
		['rateOverCalls', { failureRate: 50, minimumCalls: 4, calls: 4 }],
		['rateOverTime', { failureRate: 50, minimumCalls: 4, windowSeconds: 60 }],
	])('opens by %s', async (opensAfter, rule) => {
		const circuit = newCircuit();
		const rated = breaker('guard', circuit, { opensAfter, ...rule });
		await run(rated, items(1));
		const half = [{ json: error }, { json: {} }, { json: error }, { json: {} }];
		await run(breaker('report', circuit), half.slice(0, 3));
		expect((await run(rated, items(1))).items('Breaker')).toHaveLength(1);
		await run(breaker('report', circuit), half.slice(0, 1));
		expect((await run(rated, items(1))).items('Breaker')).toHaveLength(0);
	});

	it('adds the field chosen in Options, or none', async () => {
		const named = breaker('guard', newCircuit(), { options: { stateField: 'guard' } });
		const none = breaker('guard', newCircuit(), { options: { stateField: '' } });

		expect(Object.keys((await run(named, items(1))).json('Breaker')[0] ?? {})).toEqual([
			'id',
			'guard',
		]);
		expect((await run(none, items(1))).json('Breaker')).toEqual([{ id: 1 }]);
	});

	it('keeps files and pairing', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const input = [{ json: { id: 1 }, binary: { note: file } }];
		const { items: left } = await run(breaker('guard', newCircuit()), input);

		expect(left('Breaker')[0]).toMatchObject({ binary: { note: file }, pairedItem: { item: 0 } });
	});
});

/** Plays the contract: what it answers to permits and outcomes, and whether it is there. */
function fleet(answer: Partial<PermitAnswer> = {}) {
	sidecar.answer(({ route, body }): SidecarAnswer => {
		if (!route.endsWith('/permits')) return { body: { key: 'k' } };
		const granted = answer.granted ?? (body as PermitRequest).count ?? 1;
		return {
			body: {
				allowed: granted > 0,
				granted,
				state: 'closed',
				retryAt: null,
				permits: [],
				...answer,
			},
		};
	});
}

const shared = (operation: string, circuit: string, parameters: object = {}, more: object = {}) =>
	breaker(operation, circuit, { scope: 'fleet', ...parameters }, more);

describe('Guard and Report for all workers', () => {
	it('asks once for all items of a circuit, with the policy of the node', async () => {
		fleet();
		const { json } = await run(shared('guard', 'pay/api'), items(1, 2, 3));

		expect(sidecar.calls).toHaveLength(1);
		expect(sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/circuits/pay%2Fapi/permits',
			body: { count: 3, policy: { trip: { by: 'consecutive', failures: 5 } } },
		});
		expect(json('Breaker')[0]).toMatchObject({ circuitBreaker: { decidedBy: 'sidecar' } });
	});

	it('lets the first so many through as the sidecar grants, and rejects the rest', async () => {
		const retryAt = '2030-01-01T00:00:00.000Z';
		fleet({ state: 'half-open', granted: 2, permits: ['p1', 'p2'], retryAt });
		const { items: left } = await run(shared('guard', 'pay'), items(1, 2, 3));

		expect(ids(left('Breaker'))).toEqual([1, 2]);
		expect(seen(left('Breaker', 1))).toEqual([
			{ circuit: 'pay', state: 'half-open', decidedBy: 'sidecar', retryAt },
		]);
		expect(JSON.stringify(left('Breaker'))).not.toContain('p1');
	});

	it('hands the probes back with their outcomes, in one message', async () => {
		fleet({ state: 'half-open', granted: 2, permits: ['p1', 'p2'] });
		await runChain(n8n, {
			nodes: [trigger, { ...shared('guard', 'pay'), name: 'Guard' }, shared('report', 'pay')],
			items: items(1, 2),
			baseUrl: sidecar.url,
		});

		const told = sidecar.calls[1]?.body as OutcomeReport;
		expect(sidecar.calls).toHaveLength(2);
		expect(told).toEqual({ successes: 2, failures: 0, slow: 0, permits: ['p1', 'p2'] });
	});

	it.each([
		['open', 0, 'setting'],
		['closed', 2, 'setting'],
		['local', 2, 'process'],
	])('decides by the setting %s when nobody is there, and says so', async (whenAway, goes, by) => {
		const node = shared('guard', newCircuit(), { whenAway });
		const { items: left, hints } = await run(node, items(1, 2), 'http://127.0.0.1:9');

		expect(left('Breaker')).toHaveLength(goes);
		expect(left('Breaker', 1)).toHaveLength(2 - goes);
		const all = [...left('Breaker'), ...left('Breaker', 1)];
		expect(seen(all).map(({ decidedBy }) => decidedBy)).toEqual([by, by]);
		expect(hints('Breaker')[0]?.message).toContain('did not answer');
	});

	it('knows the past when the circuit of this process takes over', async () => {
		fleet();
		const circuit = newCircuit();
		await run(shared('guard', circuit), items(1));
		await run(shared('report', circuit), Array(5).fill({ json: error }));
		const { items: left } = await run(shared('guard', circuit), items(1), 'http://127.0.0.1:9');

		expect(left('Breaker')).toEqual([]);
	});

	it('does not wait for a slow sidecar', async () => {
		const silent = await startSilentServer();
		const node = shared('guard', newCircuit(), { options: { timeoutSeconds: 0.3 } });
		const began = performance.now();
		const { items: left } = await run(node, items(1), silent.url);

		expect(left('Breaker')).toHaveLength(1);
		expect(performance.now() - began).toBeLessThan(10_000);
		await silent.close();
	});

	it('takes a sidecar in trouble for away, a refusal for an error', async () => {
		sidecar.answer(() => problem(503, 'database_unavailable', 'The database is away.'));
		const trouble = await run(shared('guard', newCircuit()), items(1));
		expect(trouble.items('Breaker')).toHaveLength(1);

		sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const refused = await run(shared('guard', newCircuit()), items(1));
		expect(refused.run.data.resultData.error?.message).toBe('Unknown token.');
	});

	it('does not fail a workflow because its report is lost', async () => {
		const node = shared('report', newCircuit(), { whenAway: 'open' });
		const { json, hints } = await run(node, items(1, 2), 'http://127.0.0.1:9');

		expect(json('Breaker')).toEqual([{ id: 1 }, { id: 2 }]);
		expect(hints('Breaker')[0]?.message).toContain('not counted');
	});

	it('asks in parts of 10 000', async () => {
		fleet();
		const many = Array.from({ length: 10_001 }, (_, id) => ({ json: { id } }));
		const { items: left } = await run(shared('guard', 'pay'), many);

		expect(sidecar.calls.map(({ body }) => (body as PermitRequest).count)).toEqual([10_000, 1]);
		expect(left('Breaker')).toHaveLength(10_001);
	}, 60_000);
});

describe('Circuit Breaker set wrongly', () => {
	it.each(['guard', 'report', 'runSubWorkflow'])(
		'%s names the item without a circuit',
		async (operation) => {
			const node = breaker(operation, '={{ $json.service }}', { workflowId: 'child' });
			const { run: result } = await run(node, [{ json: { service: '' } }]);
			const thrown = result.data.resultData.error as { message: string; context: IDataObject };

			expect(thrown.message).toContain('Expected a name of a circuit');
			expect(thrown.context['itemIndex']).toBe(0);
		},
	);

	it.each([
		['continueRegularOutput', 1],
		['continueErrorOutput', 2],
	])('never lets such an item through as allowed under %s', async (onError, output) => {
		const node = breaker('guard', '={{ $json.service }}', {}, { onError });
		const { items: left } = await run(node, [
			{ json: { id: 1 } },
			{ json: { id: 2, service: 'x' } },
		]);

		expect(ids(left('Breaker'))).toEqual([2]);
		expect(left('Breaker', output).map(({ json }) => json)).toMatchObject([
			{ id: 1, error: { message: expect.stringContaining('circuit') as string } },
		]);
	});

	it('names a number that makes no sense', async () => {
		const { run: result } = await run(
			breaker('guard', 'x', { failures: '={{ $json.none }}' }),
			items(1),
		);

		expect(result.data.resultData.error?.message).toContain('Expected Failures to be a number');
	});

	it.each(['guard', 'report', 'runSubWorkflow'])(
		'%s makes nothing of no items',
		async (operation) => {
			const { run: result } = await run(breaker(operation, 'x', { workflowId: 'child' }), []);

			expect(result.data.resultData.error).toBeUndefined();
		},
	);
});

describe('Circuit Breaker running a sub-workflow', () => {
	const running = (circuit: string, parameters: object = {}, more: object = {}) =>
		breaker('runSubWorkflow', circuit, { workflowId: 'child', failures: 3, ...parameters }, more);
	const failing = () =>
		childrenOf(({ items: [item] }) =>
			item?.json['bad']
				? {
						error: { message: 'down' },
						recorded: { lastNodeExecuted: 'Book', error: { message: 'down', httpCode: '503' } },
					}
				: { items: [{ json: { done: item?.json['id'] as number } }] },
		);
	const bad = (...list: number[]) => list.map((id) => ({ json: { id, bad: true } }));

	it('parts what succeeded, failed and was rejected, each in order', async () => {
		const children = failing();
		const input = [...items(1), ...bad(2, 3, 4), ...items(5, 6)];
		const { items: left, json } = await run(
			running(newCircuit()),
			input,
			sidecar.url,
			children.around,
		);

		expect(children.calls).toHaveLength(4);
		expect(json('Breaker')).toEqual([{ done: 1 }]);
		expect(left('Breaker')[0]?.pairedItem).toEqual({ item: 0 });
		expect(ids(left('Breaker', 1))).toEqual([2, 3, 4]);
		expect(json('Breaker', 1)[0]).toEqual({
			id: 2,
			bad: true,
			error: { message: 'down', httpStatus: 503, lastNode: 'Book', executionId: 'child-1' },
		});
		expect(ids(left('Breaker', 2))).toEqual([5, 6]);
		expect(seen(left('Breaker', 2))[0]).toMatchObject({ state: 'open', decidedBy: 'process' });
	});

	it('runs it once for all items when told so', async () => {
		const children = childrenOf(({ items: all }) => ({ items: [{ json: { count: all.length } }] }));
		const node = running(newCircuit(), { mode: 'once' });
		const { items: left } = await run(node, items(1, 2, 3), sidecar.url, children.around);

		expect(left('Breaker')).toEqual([
			{ json: { count: 3 }, pairedItem: [{ item: 0 }, { item: 1 }, { item: 2 }] },
		]);
	});

	it('asks and reports once for up to 20 calls for all workers', async () => {
		fleet();
		const input = [...items(1, 2), ...bad(3)];
		await run(running('pay', { scope: 'fleet' }), input, sidecar.url, failing().around);

		expect(sidecar.calls.map(({ route }) => route.split('/').at(-1))).toEqual([
			'permits',
			'outcomes',
		]);
		expect(sidecar.calls[1]?.body).toEqual({ successes: 2, failures: 1, slow: 0 });
	});

	it('reports slow calls', async () => {
		fleet();
		const children = childrenOf(async () => {
			await new Promise((resolve) => setTimeout(resolve, 30));
			return { items: [] };
		});
		const node = running('pay', { scope: 'fleet', options: { slowAfterSeconds: 0.01 } });
		await run(node, items(1), sidecar.url, children.around);

		expect(sidecar.calls[1]?.body).toMatchObject({ successes: 1, slow: 1 });
	});

	it('does not hold a workflow that could not be run against the service', async () => {
		const circuit = newCircuit();
		const children = childrenOf(() => ({
			refused: { message: 'Workflow is not active and cannot be executed.' },
		}));
		const node = running(circuit, { failures: 1 }, { onError: 'continueRegularOutput' });
		const { json } = await run(node, items(1, 2), sidecar.url, children.around);

		expect(json('Breaker', 1)).toMatchObject([{ id: 1 }, { id: 2 }]);
		expect((await run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(1);
	});

	it('gives a probe back that could not be used', async () => {
		fleet({ state: 'half-open', granted: 1, permits: ['p1'] });
		const children = childrenOf(() => ({
			refused: { message: 'Workflow is not active and cannot be executed.' },
		}));
		await run(running('pay', { scope: 'fleet' }), items(1), sidecar.url, children.around);

		expect(sidecar.calls[1]?.body).toEqual({ successes: 0, failures: 0, slow: 0, permits: ['p1'] });
	});

	it('loses and doubles none of 1 000 items', async () => {
		const many = Array.from({ length: 1000 }, (_, id) => ({ json: { id, bad: id % 400 > 395 } }));
		const node = running(newCircuit());
		const { items: left, json } = await run(node, many, sidecar.url, failing().around);
		const found = [
			...json('Breaker').map(({ done }) => done),
			...ids(left('Breaker', 1)),
			...ids(left('Breaker', 2)),
		];

		expect(found).toHaveLength(1000);
		expect(new Set(found).size).toBe(1000);
	});
});

async function startSilentServer() {
	const { createServer } = await import('node:http');
	const server = createServer(() => undefined);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as { port: number };
	return {
		url: `http://127.0.0.1:${port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
