import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface DriftNumbers {
	count(): Promise<Array<{ environment: string; kind: string; weight: string; findings: number }>>;
	scans(): Promise<Array<{ environment: string; scannedAt: Date | null }>>;
}

/** Drift as it was last seen, read when the metrics are. */
export function registerDriftMetrics(registry: Registry, numbers: DriftNumbers): void {
	new Gauge({
		name: `${metricPrefix}drift_findings`,
		help: 'Differences between what runs and what was promoted that nobody has accepted.',
		labelNames: ['environment', 'kind', 'weight'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, kind, weight, findings } of await numbers.count()) {
				this.set({ environment, kind, weight }, findings);
			}
		},
	});
	new Gauge({
		name: `${metricPrefix}drift_last_scan_timestamp_seconds`,
		help: 'When an environment was last compared with what was promoted.',
		labelNames: ['environment'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, scannedAt } of await numbers.scans()) {
				if (scannedAt) this.set({ environment }, scannedAt.getTime() / 1000);
			}
		},
	});
}
