import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

/** What an environment has run lately, with us or without. */
export interface RecentRuns {
	environment: string;
	succeeded: number;
	failed: number;
	/** Seconds that 50, 95 and 99 of 100 took at most; null: none took a known time. */
	durations: { '0.5': number; '0.95': number; '0.99': number } | null;
}

/** Success and duration of everything that ran in the last quarter of an hour, read with the metrics. */
export function registerRecentMetrics(
	registry: Registry,
	recent: () => Promise<RecentRuns[]>,
): void {
	// One reading serves both.
	let reading: Promise<RecentRuns[]> | null = null;
	const read = async () => {
		reading ??= recent().finally(() => (reading = null));
		return await reading;
	};
	new Gauge({
		name: `${metricPrefix}recent_executions`,
		help: 'Executions of all origins that ended in the last 15 minutes, by environment and result.',
		labelNames: ['environment', 'result'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, succeeded, failed } of await read()) {
				this.set({ environment, result: 'succeeded' }, succeeded);
				this.set({ environment, result: 'failed' }, failed);
			}
		},
	});
	new Gauge({
		name: `${metricPrefix}recent_execution_duration_seconds`,
		help: 'How long they took, by environment and quantile.',
		labelNames: ['environment', 'quantile'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, durations } of await read()) {
				for (const [quantile, seconds] of Object.entries(durations ?? {})) {
					this.set({ environment, quantile }, seconds);
				}
			}
		},
	});
}
