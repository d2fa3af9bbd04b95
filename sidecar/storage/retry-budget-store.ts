import type { RetryBudget, RetryBudgetPolicy } from '../retry-budgets/retry-budget';
import type { RetryBudgetStore } from '../retry-budgets/retry-budget-store';
import { createDecidedRows } from './decided-rows';
import type { FleetTime } from './fleet-time';
import type { Pool } from './queryable';
import type { RowTable } from './row-queries';

const table: RowTable<RetryBudget> = {
	name: 'retry_budgets',
	toRow: ({ policy, state }) => ({
		...(state as Omit<RetryBudget, 'policy'>),
		policy: policy as RetryBudgetPolicy,
	}),
	toColumns: ({ policy, ...state }) => ({ policy, state }),
};

export function createRetryBudgetStore(pool: Pool, time: FleetTime): RetryBudgetStore {
	return createDecidedRows(pool, table, time);
}
