import { overviewRoutes } from '../http/overview-routes';
import { createAlertSignals } from '../storage/alert-signals';
import { createOverviewStore } from '../storage/overview-store';
import type { Foundation } from './foundation';
import type { Part } from './part';

/** What is to be seen at a glance. */
export function composeOverview({ pool, clock, stores }: Foundation): Part {
	const { openCircuits } = createAlertSignals(pool);
	const routes = overviewRoutes({
		overview: createOverviewStore(pool),
		openCircuits,
		ledgers: stores.ledgers.sums,
		clock,
	});
	return { routes, jobs: [], services: [] };
}
