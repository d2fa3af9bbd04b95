import { Counter, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

export interface ReplayMetrics {
	onReplayEnded(replay: { environment: string; strategy: string; outcome: string }): void;
}

/** How replays end. */
export function registerReplayMetrics(registry: Registry): ReplayMetrics {
	const ended = new Counter({
		name: `${metricPrefix}replays_ended_total`,
		help: 'Replays of dead letters that ended, by environment, strategy and outcome.',
		labelNames: ['environment', 'strategy', 'outcome'],
		registers: [registry],
	});
	return { onReplayEnded: (replay) => ended.inc(replay) };
}
