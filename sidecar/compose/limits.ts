import type { CircuitTransition } from '../circuits/use-circuits';
import { circuitsRoutes } from '../http/circuits-routes';
import { concurrencyRoutes } from '../http/concurrency-routes';
import { quotasRoutes } from '../http/quotas-routes';
import { rateLimitsRoutes } from '../http/rate-limits-routes';
import { retryBudgetsRoutes } from '../http/retry-budgets-routes';
import { simulationRoutes } from '../http/simulation-routes';
import { purgeConcurrencyLeases } from '../jobs/housekeeping';
import type { Emit } from '../webhooks/system-event';
import type { Foundation } from './foundation';
import type { Part } from './part';

const circuitEvents = {
	open: 'circuit.opened',
	closed: 'circuit.closed',
	'half-open': 'circuit.half_opened',
} as const;

/** What holds over all workers: circuits, rate limits, quotas, leases, retry budgets. */
export function composeLimits(foundation: Foundation, { emit }: { emit: Emit }) {
	const { stores, newId, log, background, quotaOf } = foundation;
	const circuitPorts = {
		circuits: stores.circuits,
		newId,
		onTransition: (transition: CircuitTransition) => {
			log.info(transition, 'circuit changed');
			const { key, from, to } = transition;
			background.track(emit({ type: circuitEvents[to], subject: key, data: { key, from, to } }));
		},
	};
	const part: Part = {
		routes: [
			...circuitsRoutes(circuitPorts),
			...rateLimitsRoutes({ rateLimits: stores.rateLimits, quotaOf }),
			...quotasRoutes(stores.quotas),
			...concurrencyRoutes({ concurrency: stores.concurrency, quotaOf, newId }),
			...simulationRoutes(),
			...retryBudgetsRoutes(stores.retryBudgets),
		],
		jobs: [purgeConcurrencyLeases(stores.concurrency)],
		services: [],
	};
	return { ...part, circuitPorts };
}
