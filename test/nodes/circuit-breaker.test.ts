import type { IDataObject } from 'n8n-workflow';

import { until } from '../support/n8n/until';
import { breaker, error, ids, inBreakerRoom, items, seen, trigger } from './support/breaker-room';
import { runChain } from './support/run-nodes';

const room = inBreakerRoom();

describe('Guard and Report in this process', () => {
	it('lets items through unchanged but for one field, and opens when failures are reported', async () => {
		const circuit = room.newCircuit();
		const before = await room.run(breaker('guard', circuit), items(1, 2));
		await room.run(breaker('report', circuit), Array(5).fill({ json: error }));
		const after = await room.run(breaker('guard', circuit), items(3));

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
		const circuit = room.newCircuit();
		await room.run(breaker('report', circuit), Array(5).fill({ json: error }));

		expect(
			(await room.run(breaker('guard', room.newCircuit()), items(1))).items('Breaker'),
		).toHaveLength(1);
		expect((await room.run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(0);
	});

	it('guards each item by the circuit its expression names', async () => {
		const [bad, good] = [room.newCircuit(), room.newCircuit()];
		await room.run(breaker('report', bad), Array(5).fill({ json: error }));
		const input = [bad, good, bad, good].map((service, id) => ({ json: { id, service } }));
		const { items: left } = await room.run(breaker('guard', '={{ $json.service }}'), input);

		expect(ids(left('Breaker'))).toEqual([1, 3]);
		expect(ids(left('Breaker', 1))).toEqual([0, 2]);
	});

	it('lets so many probes through when it may be back, and hears of them in the same run', async () => {
		const circuit = room.newCircuit();
		const quick = { options: { openSeconds: 0.001, probes: 2 } };
		await room.run(breaker('guard', circuit, quick), items(1));
		await room.run(breaker('report', circuit), Array(5).fill({ json: error }));
		const opened = Date.now();
		await until('a millisecond to pass', () => Date.now() > opened || undefined, { everyMs: 1 });
		const guardNode = { ...breaker('guard', circuit, quick), name: 'Guard' };
		const probing = await runChain(room.n8n, {
			nodes: [trigger, guardNode, { name: 'Work', type: 'test.pass' }, breaker('report', circuit)],
			items: items(1, 2, 3, 4, 5),
			baseUrl: room.sidecar.url,
		});

		expect(ids(probing.items('Guard'))).toEqual([1, 2]);
		expect(seen(probing.items('Guard', 1))[0]).toMatchObject({ state: 'half-open' });
		const later = await room.run(breaker('guard', circuit, quick), items(6, 7, 8));
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
		const circuit = room.newCircuit();
		const { json } = await room.run(breaker('report', circuit, { outcome }), Array(5).fill(item));
		const { items: left } = await room.run(breaker('guard', circuit), items(1));

		expect(json('Breaker')).toHaveLength(5);
		expect(left('Breaker')).toHaveLength(failed ? 0 : 1);
	});

	it('does not count statuses it was told to ignore', async () => {
		const circuit = room.newCircuit();
		const missing = { json: { error: { message: '404 - "none"', status: 404 } } };
		const options = { options: { ignoreStatuses: '4xx' } };
		await room.run(breaker('report', circuit, options), Array(5).fill(missing));

		expect((await room.run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(1);
	});

	it('opens on slow calls reported as such', async () => {
		const circuit = room.newCircuit();
		const options = { slowAfterSeconds: 1, slowMinimumCalls: 2 };
		await room.run(breaker('guard', circuit, { options }), items(1));
		await room.run(breaker('report', circuit, { options: { slow: true } }), items(1, 2));

		expect(
			(await room.run(breaker('guard', circuit, { options }), items(1))).items('Breaker'),
		).toEqual([]);
	});

	it.each([
		['rateOverCalls', { failureRate: 50, minimumCalls: 4, calls: 4 }],
		['rateOverTime', { failureRate: 50, minimumCalls: 4, windowSeconds: 60 }],
	])('opens by %s', async (opensAfter, rule) => {
		const circuit = room.newCircuit();
		const rated = breaker('guard', circuit, { opensAfter, ...rule });
		await room.run(rated, items(1));
		const half = [{ json: error }, { json: {} }, { json: error }, { json: {} }];
		await room.run(breaker('report', circuit), half.slice(0, 3));
		expect((await room.run(rated, items(1))).items('Breaker')).toHaveLength(1);
		await room.run(breaker('report', circuit), half.slice(0, 1));
		expect((await room.run(rated, items(1))).items('Breaker')).toHaveLength(0);
	});

	it('adds the field chosen in Options, or none', async () => {
		const named = breaker('guard', room.newCircuit(), { options: { stateField: 'guard' } });
		const none = breaker('guard', room.newCircuit(), { options: { stateField: '' } });

		expect(Object.keys((await room.run(named, items(1))).json('Breaker')[0] ?? {})).toEqual([
			'id',
			'guard',
		]);
		expect((await room.run(none, items(1))).json('Breaker')).toEqual([{ id: 1 }]);
	});

	it('keeps files and pairing', async () => {
		const file = { data: 'aGVsbG8=', mimeType: 'text/plain' };
		const input = [{ json: { id: 1 }, binary: { note: file } }];
		const { items: left } = await room.run(breaker('guard', room.newCircuit()), input);

		expect(left('Breaker')[0]).toMatchObject({ binary: { note: file }, pairedItem: { item: 0 } });
	});
});

describe('Circuit Breaker set wrongly', () => {
	it.each(['guard', 'report', 'runSubWorkflow'])(
		'%s names the item without a circuit',
		async (operation) => {
			const node = breaker(operation, '={{ $json.service }}', { workflowId: 'child' });
			const { run: result } = await room.run(node, [{ json: { service: '' } }]);
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
		const { items: left } = await room.run(node, [
			{ json: { id: 1 } },
			{ json: { id: 2, service: 'x' } },
		]);

		expect(ids(left('Breaker'))).toEqual([2]);
		expect(left('Breaker', output).map(({ json }) => json)).toMatchObject([
			{ id: 1, error: { message: expect.stringContaining('circuit') as string } },
		]);
	});

	it('names a number that makes no sense', async () => {
		const { run: result } = await room.run(
			breaker('guard', 'x', { failures: '={{ $json.none }}' }),
			items(1),
		);

		expect(result.data.resultData.error?.message).toContain('Expected Failures to be a number');
	});

	it.each(['guard', 'report', 'runSubWorkflow'])(
		'%s makes nothing of no items',
		async (operation) => {
			const { run: result } = await room.run(breaker(operation, 'x', { workflowId: 'child' }), []);

			expect(result.data.resultData.error).toBeUndefined();
		},
	);
});
