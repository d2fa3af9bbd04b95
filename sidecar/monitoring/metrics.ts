import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Every metric of ours starts with this. */
export const metricPrefix = 'orchestration_';

export interface Metrics {
	/** Other rooms register their own metrics here, names starting with `orchestration_`. */
	registry: Registry;
	/** Seconds; labels method, route (the path template, never the path), status. */
	httpRequestDuration: Histogram<'method' | 'route' | 'status'>;
	/** Errors nobody foresaw: each is a bug of ours or a database that went away. */
	internalErrors: Counter;
}

/** @param options.processMetrics also memory, event loop and garbage collection. Default true. */
export function createMetrics(options: { processMetrics?: boolean } = {}): Metrics {
	const registry = new Registry();
	if (options.processMetrics ?? true) {
		collectDefaultMetrics({ register: registry, prefix: metricPrefix });
	}
	return {
		registry,
		httpRequestDuration: new Histogram({
			name: `${metricPrefix}http_request_duration_seconds`,
			help: 'Time from the arrival of a request to the end of its answer.',
			labelNames: ['method', 'route', 'status'],
			buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
			registers: [registry],
		}),
		internalErrors: new Counter({
			name: `${metricPrefix}internal_errors_total`,
			help: 'Errors that nobody foresaw; the log has each with its stack.',
			registers: [registry],
		}),
	};
}
