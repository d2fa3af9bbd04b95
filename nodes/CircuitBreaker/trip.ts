import type { TripRule } from '../../sidecar/contract/circuits';
import { CircuitState, ConsecutiveBreaker, CountBreaker, type IBreaker } from '../shared/cockatiel';
import { TimeWindow } from './time-window';

/** Says after each call whether it is one too many. */
export interface Trip {
	record(failed: boolean, now: number): boolean;
}

export function tripOf(rule: TripRule): Trip {
	if (rule.by === 'consecutive') return cockatiels(new ConsecutiveBreaker(rule.failures));
	if ('windowMs' in rule) return new TimeWindow(rule.windowMs, rule.rate, rule.minimumCalls);
	return cockatiels(
		new CountBreaker({
			// It opens above its threshold, we open at the rate.
			threshold: Math.max(Number.EPSILON, rule.rate - 1e-9),
			size: rule.calls,
			minimumNumberOfCalls: Math.min(rule.minimumCalls, rule.calls),
		}),
	);
}

function cockatiels(breaker: IBreaker): Trip {
	return {
		record: (failed) => {
			if (failed) return breaker.failure(CircuitState.Closed);
			breaker.success(CircuitState.Closed);
			return false;
		},
	};
}
