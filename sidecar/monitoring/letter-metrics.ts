import { Gauge, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface LetterCount {
	environment: string;
	errorClass: string;
	state: string;
	letters: number;
}

/** Dead letters by environment, class and state, counted when the metrics are read. */
export function registerLetterMetrics(
	registry: Registry,
	count: () => Promise<LetterCount[]>,
): void {
	new Gauge({
		name: `${metricPrefix}dead_letters`,
		help: 'Dead letters by environment, class of the error and state.',
		labelNames: ['environment', 'class', 'state'],
		registers: [registry],
		async collect() {
			this.reset();
			for (const { environment, errorClass, state, letters } of await count()) {
				this.set({ environment, class: errorClass, state }, letters);
			}
		},
	});
}
