import type { Circuit, PermitAnswer } from '../../sidecar/contract/circuits';
import { until } from '../support/n8n/until';
import { type Replicas, startReplicas } from './replicas-on-one-postgres';

let replicas: Replicas;

beforeAll(async () => {
	replicas = await startReplicas(3);
}, 90_000);
afterAll(async () => {
	await replicas.stop();
});

const policy = {
	trip: { by: 'consecutive', failures: 6 },
	openMs: 300,
	probes: 4,
	probeTimeoutMs: 60_000,
};
const askAll = async (key: string, workers: number) =>
	await Promise.all(
		Array.from({ length: workers }, async (_, worker) => {
			const body = { policy };
			return await replicas.post<PermitAnswer>(worker, `/circuits/${key}/permits`, body);
		}),
	);
const report = async (nth: number, key: string, body: object) =>
	await replicas.post<Circuit>(nth, `/circuits/${key}/outcomes`, body);

it('counts failures reported to any replica, and opens for all of them at once', async () => {
	expect((await askAll('shared', 9)).every(({ allowed }) => allowed)).toBe(true);
	await Promise.all(
		[0, 1, 2, 3, 4].map(async (nth) => await report(nth, 'shared', { failures: 1 })),
	);
	expect((await askAll('shared', 3)).map(({ state }) => state)).toEqual([
		'closed',
		'closed',
		'closed',
	]);
	await report(2, 'shared', { failures: 1 });
	expect((await askAll('shared', 9)).some(({ allowed }) => allowed)).toBe(false);
});

it('lets exactly four probes through in half-open over three replicas and 60 workers', async () => {
	for (let round = 0; round < 5; round += 1) {
		const key = `probes-${round}`;
		await askAll(key, 3);
		await report(0, key, { failures: 6 });
		const granted: PermitAnswer[] = [];
		await until(
			'the circuit to be half-open',
			async () => {
				const answers = await askAll(key, 60);
				granted.push(...answers.filter(({ allowed }) => allowed));
				return granted.length > 0 || undefined;
			},
			{ deadlineMs: 10_000 },
		);
		granted.push(...(await askAll(key, 60)).filter(({ allowed }) => allowed));
		expect(granted).toHaveLength(4);
		const permits = granted.flatMap((each) => each.permits);
		expect(new Set(permits).size).toBe(4);

		const closed = await Promise.all(
			permits.map(async (id, nth) => await report(nth, key, { successes: 1, permits: [id] })),
		);
		expect(closed.some(({ state }) => state === 'closed')).toBe(true);
		expect((await askAll(key, 9)).every(({ allowed }) => allowed)).toBe(true);
	}
});
