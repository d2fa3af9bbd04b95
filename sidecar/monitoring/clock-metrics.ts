import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

/** Whether the clock of this machine is right, as its database sees it. */
export function registerClockMetrics(registry: Registry, machineAheadMs: () => number): void {
	new Gauge({
		name: `${metricPrefix}clock_ahead_seconds`,
		help: 'How far the clock of this machine is ahead of that of the database, whose time counts; 0 below half a second.',
		registers: [registry],
		collect() {
			this.set(machineAheadMs() / 1000);
		},
	});
}
