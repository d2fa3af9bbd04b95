import { createSealing } from '../../sidecar/environments/sealing';
import type { ResumeOutcome } from '../../sidecar/engines/port/run';
import { type ResumeService, resumeParked } from '../../sidecar/jobs/resume-parked';
import { systemClock } from '../../sidecar/kernel/clock';
import { newId } from '../../sidecar/kernel/ids';
import { createLog } from '../../sidecar/monitoring/log';
import { park } from '../../sidecar/parking/park';
import { createParkedStore } from '../../sidecar/storage/parked-store';
import { fakeEngine, refusal } from '../support/dead-letters/fake-engine';
import { until } from '../support/n8n/until';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let services: ResumeService[] = [];
let environment = '';
let nth = 0;
const sealing = createSealing([Buffer.alloc(32, 7)]);

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	environment = `resumed-${(nth += 1)}`;
	await addEnvironment(database.pool, environment);
});
afterEach(async () => {
	await Promise.all(services.map(async (service) => await service.stop()));
	services = [];
});

/** Replicas of the service on one database, and who was resumed when, by the engine's record. */
function scene(replicas = 1, answer?: (call: number) => Promise<ResumeOutcome>) {
	const parked = createParkedStore(database.pool);
	const calls: Array<{ executionId: string; token: string; body: unknown; at: number }> = [];
	const engine = fakeEngine();
	engine.executions.resume = async (request) => {
		calls.push({ ...request, at: Date.now() });
		return await (answer?.(calls.length) ?? Promise.resolve({ status: 'resumed' as const }));
	};
	services = Array.from({ length: replicas }, (_, index) =>
		resumeParked({
			parked,
			sealing,
			engineOf: async () => await Promise.resolve(engine),
			resultOf: async () => await Promise.resolve(null),
			random: () => 0.5,
			clock: systemClock,
			log: createLog({ level: 'silent' }),
			owner: `replica-${index}`,
			atOnce: 8,
			onAttempt: () => undefined,
		}),
	);
	for (const service of services) service.start();
	const ports = {
		parked,
		sealing,
		newId,
		onParked: () => services[0]?.look(),
	};
	return {
		calls,
		parked,
		put: async (executionId: string, wake: { at: Date } | { inMs: number }) => {
			const waiting = { executionId, resumeToken: `t-${executionId}`, nodeId: 'gate', visit: 3 };
			return (await park(ports, environment, { ...waiting, workflowId: null }, wake)).parked;
		},
		settled: async (count: number) =>
			await until(`${count} to be settled`, async () => {
				const all = await parked.list({ environment }, { limit: 1_000, after: null });
				return all.filter(({ settledAt }) => settledAt !== null).length === count ? all : undefined;
			}),
	};
}

it('asks the engine with the token and the ticket, not before the time', async () => {
	const { calls, put, settled } = scene();
	const at = Date.now() + 700;
	const { id, sealedToken } = await put('11', { at: new Date(at) });
	expect(sealedToken).not.toContain('t-11');
	const [one] = await settled(1);
	expect(one).toMatchObject({ id, state: 'resumed', attempts: 1, trouble: null });
	expect(calls).toMatchObject([
		{
			executionId: '11',
			token: 't-11',
			body: { ticket: { id, nodeId: 'gate', visit: 3 }, reason: 'due' },
		},
	]);
	// The database runs on the same machine, so on the same clock.
	expect(calls[0]?.at).toBeGreaterThanOrEqual(at);
});

it('wakes each once, however many replicas there are', async () => {
	const { calls, put, settled } = scene(3);
	for (let index = 0; index < 40; index += 1) await put(String(index), { inMs: index });
	const all = await settled(40);
	expect(new Set(all.map(({ state }) => state))).toEqual(new Set(['resumed']));
	expect(calls).toHaveLength(40);
});

it('goes on until it is settled: early, away, in doubt, and then gone', async () => {
	const outcomes: Array<() => Promise<ResumeOutcome>> = [
		async () => await Promise.resolve({ status: 'running' }),
		async () => await Promise.reject(refusal('engine_unreachable')),
		async () => await Promise.resolve({ status: 'in-doubt', message: 'no answer' }),
		async () => await Promise.resolve({ status: 'gone', because: 'finished' }),
	];
	const { put, settled } = scene(2, async (call) => await outcomes[call - 1]!());
	await put('12', { inMs: 0 });
	const [one] = await settled(1);
	expect(one).toMatchObject({ state: 'gone', goneBecause: 'finished', attempts: 4, inDoubt: true });
});

it('leaves other environments alone while one is away', async () => {
	const other = environment;
	const { put, settled } = scene(1, async (call) =>
		call === 1
			? await Promise.reject(refusal('engine_unreachable'))
			: await Promise.resolve({ status: 'resumed' }),
	);
	await put('13', { inMs: 0 });
	environment = `${other}-b`;
	await addEnvironment(database.pool, environment);
	await put('14', { inMs: 0 });
	await settled(1);
	environment = other;
	expect((await settled(1))[0]).toMatchObject({ state: 'resumed', attempts: 2 });
});

it('takes up what a killed process was at, when its lease is over', async () => {
	const { put, settled, parked, calls } = scene();
	const { id } = await put('15', { inMs: 3_600_000 });
	// As a process leaves it that is killed while the engine answers.
	await database.pool.query(
		`update parked set state = 'resuming', fence = 1, attempts = 1, lease_owner = 'dead',
			due_at = clock_timestamp() + interval '300 milliseconds' where parked.id = $1`,
		[id],
	);
	await settled(1);
	expect(await parked.find(id)).toMatchObject({ state: 'resumed', attempts: 2, inDoubt: true });
	expect(calls).toHaveLength(1);
});

it('begins nothing after it was stopped', async () => {
	const { calls, put } = scene();
	await services[0]?.stop();
	await put('16', { inMs: 0 });
	await services[0]?.stop();
	expect(calls).toEqual([]);
});
