import {
	circuitBreaker,
	ConsecutiveBreaker,
	DelegateBackoff,
	handleWhen,
	noop,
	retry,
	type IPolicy,
} from 'cockatiel';
import { backoffDelay } from '../../kernel/backoff';
import type { Clock } from '../../kernel/clock';
import { AttemptFailure } from './attempt-failure';

/** How patient we are with one instance. All times in milliseconds. */
export interface ResilienceOptions {
	/** Longest wait for one answer. Default 30 000. */
	timeoutMs?: number;
	/** Retries after the first attempt. Default 3. */
	retries?: number;
	/** Default 250. */
	baseDelayMs?: number;
	/** No wait between attempts is longer, not even one the instance asks for. Default 10 000. */
	maxDelayMs?: number;
	/** Consecutive failures that open the circuit. Default 5. */
	failuresToOpen?: number;
	/** How long the circuit stays open. Default 10 000. */
	halfOpenAfterMs?: number;
}

const defaults: Required<ResilienceOptions> = {
	timeoutMs: 30_000,
	retries: 3,
	baseDelayMs: 250,
	maxDelayMs: 10_000,
	failuresToOpen: 5,
	halfOpenAfterMs: 10_000,
};

/** Timeout, retry and circuit breaker of one instance. */
export class Resilience {
	readonly options: Required<ResilienceOptions>;
	private readonly retryPolicy;
	private readonly breaker;
	private openUntil: Date | null = null;

	constructor(
		options: ResilienceOptions,
		private readonly clock: Clock,
		random: () => number,
	) {
		this.options = { ...defaults, ...options };
		const { retries, maxDelayMs, failuresToOpen, halfOpenAfterMs } = this.options;
		this.retryPolicy = retry(
			handleWhen((error) => isTransient(error, maxDelayMs)),
			{
				maxAttempts: retries,
				backoff: new DelegateBackoff(({ attempt, result }) => {
					const asked =
						'error' in result && result.error instanceof AttemptFailure
							? result.error.retryAfterMs
							: null;
					return asked ?? backoffDelay(this.options, attempt, random());
				}),
			},
		);
		this.breaker = circuitBreaker(handleWhen(blamesInstance), {
			halfOpenAfter: halfOpenAfterMs,
			breaker: new ConsecutiveBreaker(failuresToOpen),
		});
		this.breaker.onBreak(() => {
			this.openUntil = new Date(this.clock.now().getTime() + halfOpenAfterMs);
		});
		this.breaker.onReset(() => {
			this.openUntil = null;
		});
	}

	/** When the open circuit lets the next call through; null while it is closed. */
	get retryAt(): Date | null {
		return this.openUntil;
	}

	/**
	 * @param mode `safe` calls are retried; `once` are not; `long` ones last as long as a workflow
	 * runs, so they neither hold up a half-open circuit nor does their slowness open it
	 * @throws AttemptFailure, BrokenCircuitError
	 */
	async execute<T>(
		mode: 'safe' | 'once' | 'long',
		timeoutMs: number | undefined,
		attempt: (signal: AbortSignal) => Promise<T>,
	): Promise<T> {
		const limited = async (): Promise<T> =>
			await attempt(AbortSignal.timeout(timeoutMs ?? this.options.timeoutMs));
		if (mode === 'long') {
			const open = this.openUntil !== null && this.openUntil > this.clock.now();
			return await (open ? this.breaker.execute(limited) : limited());
		}
		const repeated: IPolicy = mode === 'safe' ? this.retryPolicy : noop;
		return await repeated.execute(async () => await this.breaker.execute(limited));
	}
}

function isTransient(error: unknown, maxDelayMs: number): boolean {
	if (!(error instanceof AttemptFailure) || error.kind === 'timeout') return false;
	// Told to stay away for longer than we are willing to wait: asking earlier would be rude.
	if (error.retryAfterMs !== null && error.retryAfterMs > maxDelayMs) return false;
	return error.kind === 'network' || error.reason !== '500';
}

function blamesInstance(error: unknown): boolean {
	return error instanceof AttemptFailure && error.reason !== '429';
}
