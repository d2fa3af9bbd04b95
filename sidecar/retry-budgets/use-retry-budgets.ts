import { OrchestrationError } from '../kernel/errors';
import {
	decideWithdrawal,
	defaultPolicy,
	type Granted,
	newRetryBudget,
	type RetryBudget,
	type RetryBudgetPolicy,
	type Withdrawal,
	withPolicy,
} from './retry-budget';
import type { RetryBudgetStore } from './retry-budget-store';

export interface RetryBudgetAt {
	budget: RetryBudget;
	now: number;
	updatedAt: Date;
}

/** Tells calls and asks for retries. A budget asked for the first time is made with `policy`. */
export async function withdraw(
	budgets: RetryBudgetStore,
	key: string,
	withdrawal: Withdrawal,
	policy: RetryBudgetPolicy | null,
): Promise<Granted> {
	return await budgets.decide(key, (row, now) =>
		decideWithdrawal(row ?? newRetryBudget(policy ?? defaultPolicy, now), withdrawal, now),
	);
}

export async function putRetryBudget(
	budgets: RetryBudgetStore,
	key: string,
	policy: RetryBudgetPolicy,
): Promise<{ created: boolean }> {
	return await budgets.decide(key, (row, now) => ({
		row: withPolicy(row, policy, now),
		answer: { created: row === null },
	}));
}

/** @throws retry_budget_not_found */
export async function findRetryBudget(
	budgets: RetryBudgetStore,
	key: string,
): Promise<RetryBudgetAt> {
	const found = await budgets.find(key);
	if (found) return { budget: found.row, now: found.now, updatedAt: found.updatedAt };
	throw new OrchestrationError(
		'retry_budget_not_found',
		`There is no retry budget "${key}". Make it with PUT /api/v1/retry-budgets/{key}, or by the first ` +
			'POST to its withdrawals.',
	);
}
