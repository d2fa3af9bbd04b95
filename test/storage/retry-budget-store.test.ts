import type { RetryBudgetStore } from '../../sidecar/retry-budgets/retry-budget-store';
import { ownTime } from '../../sidecar/storage/fleet-time';
import { createRetryBudgetStore } from '../../sidecar/storage/retry-budget-store';
import { movingClock } from '../support/moving-clock';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { retryBudgetSuite } from '../unit/retry-budgets/retry-budget-suite';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});
afterAll(async () => {
	await database.drop();
});

describe('retry budgets in Postgres', () => {
	retryBudgetSuite(() => {
		const clock = movingClock();
		return { budgets: createRetryBudgetStore(database.pool, ownTime(clock)), clock };
	});
});

describe('retry budgets of several replicas', () => {
	/** Each call comes from another replica than the one before, so each remembered row is old. */
	retryBudgetSuite(() => {
		const clock = movingClock();
		const time = ownTime(clock);
		const replicas = Array.from({ length: 3 }, () => createRetryBudgetStore(database.pool, time));
		let turn = 0;
		const next = (): RetryBudgetStore => {
			const replica = replicas[(turn += 1) % replicas.length];
			if (!replica) throw new Error('there are three replicas');
			return replica;
		};
		return {
			budgets: {
				decide: async (key, decide) => await next().decide(`other ${key}`, decide),
				find: async (key) => await next().find(`other ${key}`),
				list: async (page) => await next().list(page),
			},
			clock,
		};
	});
});
