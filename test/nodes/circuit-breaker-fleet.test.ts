import type { OutcomeReport, PermitRequest } from '../../sidecar/contract/circuits';
import { error, ids, inBreakerRoom, items, seen, shared, trigger } from './support/breaker-room';
import { runChain } from './support/run-nodes';
import { problem } from './support/scripted-sidecar';

const room = inBreakerRoom();

describe('Guard and Report for all workers', () => {
	it('asks once for all items of a circuit, with the policy of the node', async () => {
		room.fleet();
		const { json } = await room.run(shared('guard', 'pay/api'), items(1, 2, 3));

		expect(room.sidecar.calls).toHaveLength(1);
		expect(room.sidecar.calls[0]).toMatchObject({
			route: 'POST /api/v1/circuits/pay%2Fapi/permits',
			body: { count: 3, policy: { trip: { by: 'consecutive', failures: 5 } } },
		});
		expect(json('Breaker')[0]).toMatchObject({ circuitBreaker: { decidedBy: 'sidecar' } });
	});

	it('lets the first so many through as the sidecar grants, and rejects the rest', async () => {
		const retryAt = '2030-01-01T00:00:00.000Z';
		room.fleet({ state: 'half-open', granted: 2, permits: ['p1', 'p2'], retryAt });
		const { items: left } = await room.run(shared('guard', 'pay'), items(1, 2, 3));

		expect(ids(left('Breaker'))).toEqual([1, 2]);
		expect(seen(left('Breaker', 1))).toEqual([
			{ circuit: 'pay', state: 'half-open', decidedBy: 'sidecar', retryAt },
		]);
		expect(JSON.stringify(left('Breaker'))).not.toContain('p1');
	});

	it('hands the probes back with their outcomes, in one message', async () => {
		room.fleet({ state: 'half-open', granted: 2, permits: ['p1', 'p2'] });
		await runChain(room.n8n, {
			nodes: [trigger, { ...shared('guard', 'pay'), name: 'Guard' }, shared('report', 'pay')],
			items: items(1, 2),
			baseUrl: room.sidecar.url,
		});

		const told = room.sidecar.calls[1]?.body as OutcomeReport;
		expect(room.sidecar.calls).toHaveLength(2);
		expect(told).toEqual({ successes: 2, failures: 0, slow: 0, permits: ['p1', 'p2'] });
	});

	it.each([
		['open', 0, 'setting'],
		['closed', 2, 'setting'],
		['local', 2, 'process'],
	])('decides by the setting %s when nobody is there, and says so', async (whenAway, goes, by) => {
		const node = shared('guard', room.newCircuit(), { whenAway });
		const { items: left, hints } = await room.run(node, items(1, 2), 'http://127.0.0.1:9');

		expect(left('Breaker')).toHaveLength(goes);
		expect(left('Breaker', 1)).toHaveLength(2 - goes);
		const all = [...left('Breaker'), ...left('Breaker', 1)];
		expect(seen(all).map(({ decidedBy }) => decidedBy)).toEqual([by, by]);
		expect(hints('Breaker')[0]?.message).toContain('did not answer');
	});

	it('knows the past when the circuit of this process takes over', async () => {
		room.fleet();
		const circuit = room.newCircuit();
		await room.run(shared('guard', circuit), items(1));
		await room.run(shared('report', circuit), Array(5).fill({ json: error }));
		const { items: left } = await room.run(
			shared('guard', circuit),
			items(1),
			'http://127.0.0.1:9',
		);

		expect(left('Breaker')).toEqual([]);
	});

	it('does not wait for a slow sidecar', async () => {
		const silent = await startSilentServer();
		const node = shared('guard', room.newCircuit(), { options: { timeoutSeconds: 0.3 } });
		const began = performance.now();
		const { items: left } = await room.run(node, items(1), silent.url);

		expect(left('Breaker')).toHaveLength(1);
		expect(performance.now() - began).toBeLessThan(10_000);
		await silent.close();
	});

	it('takes a sidecar in trouble for away, a refusal for an error', async () => {
		room.sidecar.answer(() => problem(503, 'database_unavailable', 'The database is away.'));
		const trouble = await room.run(shared('guard', room.newCircuit()), items(1));
		expect(trouble.items('Breaker')).toHaveLength(1);

		room.sidecar.answer(() => problem(401, 'unauthenticated', 'Unknown token.'));
		const refused = await room.run(shared('guard', room.newCircuit()), items(1));
		expect(refused.run.data.resultData.error?.message).toBe('Unknown token.');
	});

	it('does not fail a workflow because its report is lost', async () => {
		const node = shared('report', room.newCircuit(), { whenAway: 'open' });
		const { json, hints } = await room.run(node, items(1, 2), 'http://127.0.0.1:9');

		expect(json('Breaker')).toEqual([{ id: 1 }, { id: 2 }]);
		expect(hints('Breaker')[0]?.message).toContain('not counted');
	});

	it('asks in parts of 10 000', async () => {
		room.fleet();
		const many = Array.from({ length: 10_001 }, (_, id) => ({ json: { id } }));
		const { items: left } = await room.run(shared('guard', 'pay'), many);

		expect(room.sidecar.calls.map(({ body }) => (body as PermitRequest).count)).toEqual([
			10_000, 1,
		]);
		expect(left('Breaker')).toHaveLength(10_001);
	}, 60_000);
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
