import { checkLaw } from '../conservation/check-law';
import { conservationRoutes } from '../http/conservation-routes';
import { conservationJobs } from '../jobs/conservation-jobs';
import { registerLedgerMetrics } from '../monitoring/ledger-metrics';
import type { Foundation } from './foundation';
import type { Part } from './part';

/** Nothing accepted is lost: counted, shown, told. */
export function composeConservation({ stores: { ledgers }, metrics }: Foundation): Part {
	registerLedgerMetrics(metrics.registry, async () => await checkLaw(ledgers));
	return { routes: conservationRoutes(ledgers), jobs: conservationJobs(ledgers), services: [] };
}
