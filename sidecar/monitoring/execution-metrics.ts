import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { metricPrefix } from './metrics';

/** What the metrics look at of an execution and of a step. */
interface SteppedExecution {
	environment: string;
	attempts: number;
	acceptedAt: Date;
	startedAt: Date | null;
}

export interface ExecutionMetrics {
	onStep(execution: SteppedExecution, step: { to: string; outcome?: string }, at: Date): void;
}

export interface LedgerCounts {
	queueDepth(): Promise<Array<{ environment: string; queued: number; oldestDueSeconds: number }>>;
}

/** Success rate, durations, retries that cured, queue and lag. */
export function registerExecutionMetrics(
	registry: Registry,
	ledger: LedgerCounts,
): ExecutionMetrics {
	const registers = [registry];
	const settled = new Counter({
		name: `${metricPrefix}executions_settled_total`,
		help: 'Executions that are over, by environment and outcome.',
		labelNames: ['environment', 'outcome'],
		registers,
	});
	const attempts = new Counter({
		name: `${metricPrefix}execution_attempts_failed_total`,
		help: 'Attempts that failed and were followed by another one.',
		labelNames: ['environment'],
		registers,
	});
	const cured = new Counter({
		name: `${metricPrefix}executions_cured_total`,
		help: 'Executions that succeeded after at least one failed attempt.',
		labelNames: ['environment'],
		registers,
	});
	const duration = new Histogram({
		name: `${metricPrefix}execution_duration_seconds`,
		help: 'From the first attempt to the end.',
		labelNames: ['environment', 'outcome'],
		buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3_600],
		registers,
	});
	const lag = new Histogram({
		name: `${metricPrefix}execution_dispatch_lag_seconds`,
		help: 'From acceptance to the first attempt.',
		labelNames: ['environment'],
		buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300],
		registers,
	});
	new Gauge({
		name: `${metricPrefix}executions_queued`,
		help: 'Executions that wait to be sent.',
		labelNames: ['environment'],
		registers,
		async collect() {
			this.reset();
			for (const { environment, queued } of await ledger.queueDepth()) {
				this.set({ environment }, queued);
			}
		},
	});
	new Gauge({
		name: `${metricPrefix}executions_oldest_due_seconds`,
		help: 'How long the oldest execution that may be sent has waited.',
		labelNames: ['environment'],
		registers,
		async collect() {
			this.reset();
			for (const { environment, oldestDueSeconds } of await ledger.queueDepth()) {
				this.set({ environment }, oldestDueSeconds);
			}
		},
	});
	return {
		onStep: ({ environment, ...execution }, step, at) => {
			if (step.to === 'queued') attempts.inc({ environment });
			const isOver = step.to === 'succeeded' || step.to === 'failed' || step.to === 'canceled';
			if (!isOver) return;
			const outcome = step.outcome ?? (step.to === 'succeeded' ? 'success' : 'canceled');
			settled.inc({ environment, outcome });
			if (step.to === 'succeeded' && execution.attempts > 1) cured.inc({ environment });
			const { startedAt, acceptedAt } = execution;
			if (startedAt === null) return;
			duration.observe({ environment, outcome }, secondsFrom(startedAt, at));
			lag.observe({ environment }, secondsFrom(acceptedAt, startedAt));
		},
	};
}

/** Clocks of the database and of this process may differ a little. */
function secondsFrom(start: Date, end: Date): number {
	return Math.max(0, end.getTime() - start.getTime()) / 1000;
}
