import path from 'node:path';
import { systemClock } from '../../sidecar/kernel/clock';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { type SidecarProcess, startSidecar } from '../support/sidecar/sidecar-process';
import { type Receiver, startReceiver } from '../support/webhooks/receiver';

const tenMinutes = 600_000;
const preload = path.join(__dirname, '../support/sidecar/wrong-clock.cjs');

let database: FreshDatabase;
let receiver: Receiver;
const started: SidecarProcess[] = [];

beforeAll(async () => {
	[database, receiver] = await Promise.all([freshDatabase(), startReceiver()]);
});
afterAll(async () => {
	receiver.stop();
	await Promise.all(started.map(async (each) => await each.stop()));
	await database.drop();
});

async function replicaOf(aheadMs: number): Promise<SidecarProcess> {
	const sidecar = await startSidecar({
		databaseUrl: database.connectionString,
		env: {
			NODE_OPTIONS: `--require ${preload}`,
			CLOCK_AHEAD_MS: String(aheadMs),
			ORCHESTRATION_ENCRYPTION_KEY: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
		},
	});
	started.push(sidecar);
	return sidecar;
}

it('has what a replica took in whose clock is ten minutes ahead delivered by another at once', async () => {
	const [ahead, right] = [await replicaOf(tenMinutes), await replicaOf(0)];
	const put = async (at: string, body: object) => {
		expect((await ahead.api(at, { method: 'PUT', body })).status).toBe(201);
	};
	await put('/webhooks/endpoints/shop', { scheme: 'none' });
	await put('/webhooks/endpoints/shop/subscriptions/all', {
		events: ['*'],
		target: { url: receiver.at('/kept') },
		retry: { maxAttempts: 10, baseDelayMs: 500, maxDelayMs: 500 },
	});
	receiver.answers('/kept', 503);
	const sent = await ahead.api('//hooks/shop', { body: { order: 1 } });
	expect(sent.status).toBe(202);
	await receiver.received('/kept', 1);
	await ahead.kill();
	const before = receiver.calls('/kept').length;
	receiver.answers('/kept', 200);
	await receiver.received('/kept', before + 1);

	const { body } = await right.api<{ data: Array<{ receivedAt: string }> }>('/webhooks/events');
	const received = Date.parse(body.data[0]?.receivedAt ?? '');
	expect(Math.abs(received - systemClock.now().getTime())).toBeLessThan(60_000);
}, 120_000);

it('says of a replica whose clock is ten minutes behind that it is, in its log and its metrics', async () => {
	const behind = await replicaOf(-tenMinutes);
	const [said] = behind
		.log()
		.split('\n')
		.filter((line) => line.includes('whose time counts'))
		.map((line) => JSON.parse(line) as { machineAheadMs: number });
	expect(said?.machineAheadMs).toBeLessThan(-tenMinutes + 5_000);
	expect(said?.machineAheadMs).toBeGreaterThan(-tenMinutes - 5_000);
	const metrics = await behind.api<string>('//metrics');
	expect(String(metrics.body)).toMatch(/^orchestration_clock_ahead_seconds -(600|599|601)/m);
}, 60_000);
