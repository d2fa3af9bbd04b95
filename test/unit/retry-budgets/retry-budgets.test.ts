import type { RetryBudget } from '../../../sidecar/retry-budgets/retry-budget';
import { memoryRows } from '../../support/memory-rows';
import { movingClock } from '../../support/moving-clock';
import { retryBudgetSuite } from './retry-budget-suite';

describe('retry budgets by the pure model', () => {
	retryBudgetSuite(() => {
		const clock = movingClock();
		return { budgets: memoryRows<RetryBudget>(clock), clock };
	});
});
