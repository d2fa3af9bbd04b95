import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

/** Circuits that reject, read with the metrics; one that is closed or half open is absent. */
export function registerCircuitMetrics(registry: Registry, open: () => Promise<string[]>): void {
	new Gauge({
		name: `${metricPrefix}circuits_open`,
		help: '1 for each circuit that is open, by its key.',
		labelNames: ['key'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const key of await open()) this.set({ key }, 1);
		},
	});
}
