import { Gauge, Histogram, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface ParkedMetrics {
	/** Seconds from the time an execution was to be woken to its answer; label environment. */
	lateness: Histogram<'environment'>;
}

/** Parked executions by environment and state, counted when the metrics are read, and how late they woke. */
export function registerParkedMetrics(
	registry: Registry,
	count: () => Promise<Array<{ environment: string; state: string; parked: number }>>,
): ParkedMetrics {
	new Gauge({
		name: `${metricPrefix}parked_executions`,
		help: 'Executions that wait without a slot, by environment and state; settled ones for 7 days.',
		labelNames: ['environment', 'state'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, state, parked } of await count()) {
				this.set({ environment, state }, parked);
			}
		},
	});
	return {
		lateness: new Histogram({
			name: `${metricPrefix}resume_lateness_seconds`,
			help: 'From the time a parked execution was to be woken to the answer of the engine.',
			labelNames: ['environment'],
			buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300],
			registers: [registry],
		}),
	};
}
