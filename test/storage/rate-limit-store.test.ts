import { newRateLimit } from '../../sidecar/rate-limits/rate-limit';
import type { RateLimitStore } from '../../sidecar/rate-limits/rate-limit-store';
import { reserve } from '../../sidecar/rate-limits/use-rate-limits';
import { databaseTime, ownTime } from '../../sidecar/storage/fleet-time';
import { createQuotaStore } from '../../sidecar/storage/quota-store';
import { createRateLimitStore } from '../../sidecar/storage/rate-limit-store';
import { movingClock } from '../support/moving-clock';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { rateLimitSuite } from '../unit/rate-limits/rate-limit-suite';
import { fullestWindow } from '../unit/rate-limits/windows';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});

describe('rate limits in Postgres', () => {
	rateLimitSuite(() => {
		const clock = movingClock();
		const time = ownTime(clock);
		return {
			rateLimits: createRateLimitStore(database.pool, time),
			quotas: createQuotaStore(database.pool, time),
			clock,
		};
	});
});

describe('rate limits of several replicas', () => {
	/** Each call comes from another replica than the one before, so each remembered row is old. */
	rateLimitSuite(() => {
		const clock = movingClock();
		const time = ownTime(clock);
		const replicas = Array.from({ length: 3 }, () => createRateLimitStore(database.pool, time));
		let turn = 0;
		const next = (): RateLimitStore => {
			const replica = replicas[(turn += 1) % replicas.length];
			if (!replica) throw new Error('there are three replicas');
			return replica;
		};
		return {
			rateLimits: {
				decide: async (key, decide) => await next().decide(`other ${key}`, decide),
				decideWithQuota: async (key, tenant, decide) =>
					await next().decideWithQuota(`other ${key}`, tenant, decide),
				find: async (key) => await next().find(`other ${key}`),
				list: async (page) => await next().list(page),
			},
			quotas: createQuotaStore(database.pool, time),
			clock,
		};
	}, false);
});

it('agrees on the time of the database, however wrong the clocks of the replicas are', async () => {
	const clocks = ['1999-01-01T00:00:00.000Z', '2044-01-01T00:00:00.000Z'].map(movingClock);
	const policy = { limit: 100, intervalMs: 1_000, burst: 1 };
	const before = Date.now();
	const grants: Array<{ at: number }> = [];
	for (const clock of [...clocks, ...clocks]) {
		const rateLimits = createRateLimitStore(database.pool, databaseTime(clock));
		const ports = { rateLimits, quotaOf: async () => await Promise.resolve(null) };
		const claim = { count: 5, weight: 1, tenant: null, maxWaitMs: null };
		const reserved = await reserve(ports, 'wrong clocks', claim, policy);
		if (reserved.granted) grants.push(...reserved.at.map((at) => ({ at })));
	}
	expect(grants).toHaveLength(20);
	for (const { at } of grants) expect(Math.abs(at - before)).toBeLessThan(10_000);
	expect(fullestWindow(grants, 10)).toBe(1);
});

it('asks the database again when the clock of the process jumps', async () => {
	const clock = movingClock();
	const store = createRateLimitStore(database.pool, databaseTime(clock));
	const timeOf = async () =>
		await store.decide('jumping clock', (row, now) => ({
			row: row ?? newRateLimit({ limit: 1, intervalMs: 1, burst: 1 }),
			answer: now,
		}));
	const before = await timeOf();
	clock.pass(86_400_000);
	expect((await timeOf()) - before).toBeLessThan(10_000);
	clock.pass(-2 * 86_400_000);
	expect((await timeOf()) - before).toBeGreaterThanOrEqual(0);
});

it('fails a call whose database is away, and works again when it is back', async () => {
	const clock = movingClock();
	const { pool } = database;
	let isAway = false;
	const store = createRateLimitStore(
		{
			...pool,
			query: async <Row>(text: string, values?: readonly unknown[]) => {
				if (isAway) throw new Error('the database is away');
				return await pool.query<Row>(text, values);
			},
		},
		ownTime(clock),
	);
	const ports = { rateLimits: store, quotaOf: async () => await Promise.resolve(null) };
	const claim = { count: 1, weight: 1, tenant: null, maxWaitMs: null };
	const policy = { limit: 10, intervalMs: 1_000, burst: 1 };
	const ask = async () => await reserve(ports, 'away', claim, policy);
	await ask();
	isAway = true;
	await expect(ask()).rejects.toThrow('the database is away');
	isAway = false;
	const start = clock.now().getTime();
	expect(await ask()).toMatchObject({ granted: true, at: [start + 100] });
});
