import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface WebhookMetrics {
	/** accepted, duplicate or refused, by endpoint. */
	events: Counter<'endpoint' | 'outcome'>;
	/** Seconds from the arrival of an event to the first attempt of a delivery. */
	lag: Histogram;
}

export interface WebhookCounts {
	count(): Promise<Array<{ endpoint: string; state: string; deliveries: number }>>;
	countArrivals(): Promise<number>;
}

/** What waits is counted when the metrics are read. */
export function registerWebhookMetrics(
	registry: Registry,
	{ count, countArrivals }: WebhookCounts,
): WebhookMetrics {
	new Gauge({
		name: `${metricPrefix}webhook_deliveries`,
		help: 'Deliveries that are pending, under way or failed for good.',
		labelNames: ['endpoint', 'state'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { endpoint, state, deliveries } of await count()) {
				this.set({ endpoint, state }, deliveries);
			}
		},
	});
	new Gauge({
		name: `${metricPrefix}webhook_events_unrouted`,
		help: 'Events that were not handed to their subscriptions yet.',
		registers: [registry],
		async collect() {
			this.set(await countArrivals());
		},
	});
	return {
		events: new Counter({
			name: `${metricPrefix}webhook_events_total`,
			help: 'Requests to webhook endpoints: accepted, duplicate or refused.',
			labelNames: ['endpoint', 'outcome'],
			registers: [registry],
		}),
		lag: new Histogram({
			name: `${metricPrefix}webhook_dispatch_lag_seconds`,
			help: 'Time from the arrival of an event to the first attempt of a delivery.',
			buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300, 3600],
			registers: [registry],
		}),
	};
}
