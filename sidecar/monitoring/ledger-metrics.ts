import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface LedgerNumbers {
	(): Promise<
		Array<{
			ledger: string;
			accepted: number;
			completed: number;
			deadLettered: number;
			discarded: number;
			inFlight: number;
			imbalance: number;
		}>
	>;
}

/** The law, read when the metrics are. */
export function registerLedgerMetrics(registry: Registry, ledgers: LedgerNumbers): void {
	new Gauge({
		name: `${metricPrefix}ledger`,
		help:
			'accepted = completed + dead_lettered + discarded + in_flight, always; imbalance is what is ' +
			'missing.',
		labelNames: ['ledger', 'state'],
		registers: [registry],
		async collect() {
			for (const { ledger, ...sum } of await ledgers()) {
				this.set({ ledger, state: 'accepted' }, sum.accepted);
				this.set({ ledger, state: 'completed' }, sum.completed);
				this.set({ ledger, state: 'dead_lettered' }, sum.deadLettered);
				this.set({ ledger, state: 'discarded' }, sum.discarded);
				this.set({ ledger, state: 'in_flight' }, sum.inFlight);
				this.set({ ledger, state: 'imbalance' }, sum.imbalance);
			}
		},
	});
}
