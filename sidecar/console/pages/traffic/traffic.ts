import type { components } from '../../api/schema';
import { duration } from '../../time/wording';

export type Circuit = components['schemas']['Circuit'];
export type CircuitPolicy = components['schemas']['CircuitPolicy'];
export type CircuitSimulation = components['schemas']['CircuitSimulation'];
export type RateLimit = components['schemas']['RateLimit'];
export type RateLimitSimulation = components['schemas']['RateLimitSimulation'];
export type Quota = components['schemas']['Quota'];
export type ConcurrencyKey = components['schemas']['ConcurrencyKey'];
export type RetryBudget = components['schemas']['RetryBudget'];

/** `5 failures in a row`, `50 % of the last 20 calls` */
export function tripInWords({ trip }: Pick<Circuit['policy'], 'trip'>): string {
	if (trip.by === 'consecutive') return `${trip.failures} failures in a row`;
	const share = `${Math.round(trip.rate * 100)} % failing of`;
	return 'calls' in trip
		? `${share} the last ${trip.calls} calls`
		: `${share} the calls of ${duration(trip.windowMs)}`;
}

/** `100 in 1 m 0 s` */
export function paceInWords({ limit, intervalMs }: { limit: number; intervalMs: number }): string {
	const every: Record<number, string> = {
		1000: 'a second',
		60_000: 'a minute',
		3_600_000: 'an hour',
		86_400_000: 'a day',
	};
	return `${limit} ${every[intervalMs] ?? `in ${duration(intervalMs)}`}`;
}
