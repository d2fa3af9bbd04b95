import type { RetryBudgetStore } from '../../../sidecar/retry-budgets/retry-budget-store';
import { defaultPolicy } from '../../../sidecar/retry-budgets/retry-budget';
import {
	findRetryBudget,
	putRetryBudget,
	withdraw,
} from '../../../sidecar/retry-budgets/use-retry-budgets';
import type { MovingClock } from '../../support/moving-clock';

/** What every keeper of retry budgets must do; run by the pure model and by Postgres. */
export function retryBudgetSuite(
	open: () => { budgets: RetryBudgetStore; clock: MovingClock },
): void {
	let clock: MovingClock;
	let budgets: RetryBudgetStore;
	let nextKey = 0;
	let key = '';

	beforeEach(() => {
		({ budgets, clock } = open());
		key = `budget-${(nextKey += 1)}`;
	});

	const policy = { ratio: 0.2, minPerSecond: 0, windowMs: 10_000 };
	const ask = async (retries: number, calls = 0, given = policy) =>
		await withdraw(budgets, key, { calls, retries }, given);
	const now = () => clock.now().getTime();

	it('grants what calls have paid for, and no more', async () => {
		expect(await ask(0, 50)).toEqual({ granted: 0, retryAt: null });
		expect(await ask(7)).toEqual({ granted: 7, retryAt: null });
		expect(await ask(7)).toEqual({ granted: 3, retryAt: null });
		expect(await ask(1)).toEqual({ granted: 0, retryAt: null });
	});

	it('counts the calls that are told with the wish', async () => {
		expect(await ask(5, 5)).toEqual({ granted: 1, retryAt: null });
		for (let call = 0; call < 4; call += 1) expect((await ask(1, 1)).granted).toBe(0);
		expect((await ask(1, 1)).granted).toBe(1);
	});

	it('forgets what was paid for after the window', async () => {
		await ask(0, 50);
		clock.pass(9_000);
		expect((await ask(1)).granted).toBe(1);
		clock.pass(1_000);
		expect((await ask(1)).granted).toBe(0);
	});

	it('takes first what expires first', async () => {
		await ask(0, 5);
		clock.pass(6_000);
		await ask(1, 5);
		clock.pass(5_000);
		expect((await ask(1)).granted).toBe(1);
	});

	it('lets quiet callers retry by a reserve that fills up for one window', async () => {
		const quiet = { ...policy, minPerSecond: 0.5 };
		expect(await ask(9, 0, quiet)).toEqual({ granted: 5, retryAt: now() + 2_000 });
		clock.pass(1_999);
		expect(await ask(1)).toEqual({ granted: 0, retryAt: now() + 1 });
		clock.pass(1);
		expect(await ask(1)).toEqual({ granted: 1, retryAt: null });
		clock.pass(3_600_000);
		expect((await ask(9)).granted).toBe(5);
	});

	it('says when to ask again with what is paid for until then', async () => {
		const quiet = { ...policy, minPerSecond: 1 };
		await ask(10, 0, quiet);
		// Four fifths of a retry are paid for; the reserve adds the last fifth.
		expect(await ask(1, 4)).toEqual({ granted: 0, retryAt: now() + 200 });
	});

	it('makes a budget with the defaults when none came', async () => {
		await withdraw(budgets, key, { calls: 1, retries: 0 }, null);
		expect((await findRetryBudget(budgets, key)).budget.policy).toEqual(defaultPolicy);
		expect((await withdraw(budgets, key, { calls: 0, retries: 99 }, null)).granted).toBe(10);
	});

	it('keeps what is paid for under a new policy, and its own policy against a request', async () => {
		await ask(0, 50);
		expect(await putRetryBudget(budgets, key, { ...policy, ratio: 1, windowMs: 2_000 })).toEqual({
			created: false,
		});
		expect((await ask(0, 5, { ...policy, ratio: 0 })).granted).toBe(0);
		expect((await ask(99)).granted).toBe(15);
		await ask(0, 10);
		clock.pass(2_000);
		expect((await ask(1)).granted).toBe(0);
	});

	it('grants no more than was paid for, whoever asks at once', async () => {
		const asked = await Promise.all(Array.from({ length: 60 }, async () => await ask(1, 1)));
		expect(asked.reduce((sum, { granted }) => sum + granted, 0)).toBe(12);
	});

	it('never grants more over any time than calls, reserve and window allow', async () => {
		const mixed = { ratio: 0.3, minPerSecond: 2, windowMs: 3_000 };
		let [calls, granted, state] = [0, 0, 7];
		const next = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
		const from = now();
		for (let step = 0; step < 150; step += 1) {
			const some = next(12);
			calls += some;
			granted += (await ask(next(9), some, mixed)).granted;
			const allowed = 0.3 * calls + 2 * ((now() - from) / 1000 + 3);
			expect(granted).toBeLessThanOrEqual(allowed + 1e-6);
			clock.pass(next(400));
		}
		expect(granted).toBeGreaterThan(0.3 * calls);
	});

	it('is told apart by its key', async () => {
		await ask(0, 50);
		await expect(findRetryBudget(budgets, `${key}-other`)).rejects.toMatchObject({
			code: 'retry_budget_not_found',
		});
	});
}
