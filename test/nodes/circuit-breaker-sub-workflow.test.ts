import { breaker, ids, inBreakerRoom, items, seen } from './support/breaker-room';
import { childrenOf } from './support/sub-workflows';

const room = inBreakerRoom();

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
		const { items: left, json } = await room.run(
			running(room.newCircuit()),
			input,
			room.sidecar.url,
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
		const node = running(room.newCircuit(), { mode: 'once' });
		const { items: left } = await room.run(node, items(1, 2, 3), room.sidecar.url, children.around);

		expect(left('Breaker')).toEqual([
			{ json: { count: 3 }, pairedItem: [{ item: 0 }, { item: 1 }, { item: 2 }] },
		]);
	});

	it('asks and reports once for up to 20 calls for all workers', async () => {
		room.fleet();
		const input = [...items(1, 2), ...bad(3)];
		await room.run(running('pay', { scope: 'fleet' }), input, room.sidecar.url, failing().around);

		expect(room.sidecar.calls.map(({ route }) => route.split('/').at(-1))).toEqual([
			'permits',
			'outcomes',
		]);
		expect(room.sidecar.calls[1]?.body).toEqual({ successes: 2, failures: 1, slow: 0 });
	});

	it('reports slow calls', async () => {
		room.fleet();
		const children = childrenOf(async () => {
			await new Promise((resolve) => setTimeout(resolve, 30));
			return { items: [] };
		});
		const node = running('pay', { scope: 'fleet', options: { slowAfterSeconds: 0.01 } });
		await room.run(node, items(1), room.sidecar.url, children.around);

		expect(room.sidecar.calls[1]?.body).toMatchObject({ successes: 1, slow: 1 });
	});

	it('does not hold a workflow that could not be run against the service', async () => {
		const circuit = room.newCircuit();
		const children = childrenOf(() => ({
			refused: { message: 'Workflow is not active and cannot be executed.' },
		}));
		const node = running(circuit, { failures: 1 }, { onError: 'continueRegularOutput' });
		const { json } = await room.run(node, items(1, 2), room.sidecar.url, children.around);

		expect(json('Breaker', 1)).toMatchObject([{ id: 1 }, { id: 2 }]);
		expect((await room.run(breaker('guard', circuit), items(1))).items('Breaker')).toHaveLength(1);
	});

	it('gives a probe back that could not be used', async () => {
		room.fleet({ state: 'half-open', granted: 1, permits: ['p1'] });
		const children = childrenOf(() => ({
			refused: { message: 'Workflow is not active and cannot be executed.' },
		}));
		await room.run(running('pay', { scope: 'fleet' }), items(1), room.sidecar.url, children.around);

		expect(room.sidecar.calls[1]?.body).toEqual({
			successes: 0,
			failures: 0,
			slow: 0,
			permits: ['p1'],
		});
	});

	it('loses and doubles none of 1 000 items', async () => {
		const many = Array.from({ length: 1000 }, (_, id) => ({ json: { id, bad: id % 400 > 395 } }));
		const node = running(room.newCircuit());
		const { items: left, json } = await room.run(node, many, room.sidecar.url, failing().around);
		const found = [
			...json('Breaker').map(({ done }) => done),
			...ids(left('Breaker', 1)),
			...ids(left('Breaker', 2)),
		];

		expect(found).toHaveLength(1000);
		expect(new Set(found).size).toBe(1000);
	});
});
