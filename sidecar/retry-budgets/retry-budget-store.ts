import type { DecidedRows } from '../kernel/decide';
import type { RetryBudget } from './retry-budget';

/** Port of the retry budgets: decisions of the whole fleet on one are made one after the other. */
export type RetryBudgetStore = DecidedRows<RetryBudget>;
