import { backoffDelay } from '../kernel/backoff';
import { defaultPolicy, type ExecutionSummary, type Outcome, type Policy } from './execution';
import type { Failure } from './execution-store';

/** What comes after a failed attempt. */
export type AfterFailure =
	| { next: 'again'; at: Date }
	| { next: 'give-up'; outcome: Exclude<Outcome, 'success' | 'canceled'> }
	| { next: 'canceled' };

export interface FailedAttempt {
	/**
	 * crashed: nobody knows how far it got, so only a child is begun again, whose parent has asked for
	 * more attempts. refused: it never started.
	 */
	how: 'error' | 'crashed' | 'refused' | 'lost';
	/** The same attempt again would be refused again. */
	lasting: boolean;
	failure: Failure;
}

/**
 * Tries again what the policy says may pass, while there are attempts and time left.
 * @param random a number in [0, 1)
 */
export function afterFailure(
	execution: Pick<ExecutionSummary, 'attempts' | 'deadline' | 'cancelRequested' | 'origin'> & {
		policy: Policy | null;
	},
	failed: FailedAttempt,
	now: Date,
	random: number,
): AfterFailure {
	const { attempts, deadline, cancelRequested, origin } = execution;
	if (cancelRequested) return { next: 'canceled' };
	if (deadline && deadline <= now) return { next: 'give-up', outcome: 'deadline' };
	const policy = execution.policy ?? defaultPolicy;
	const mayPass =
		failed.how === 'refused' ? !failed.lasting : policy.retryOn.includes(failed.failure.errorClass);
	const mayRepeat = failed.how === 'crashed' ? origin === 'join' : failed.how !== 'lost';
	if (!mayRepeat || !mayPass || attempts >= policy.attempts) {
		return { next: 'give-up', outcome: failed.how };
	}
	const at = new Date(now.getTime() + backoffDelay(policy, attempts, random));
	return deadline && at >= deadline
		? { next: 'give-up', outcome: failed.how }
		: { next: 'again', at };
}
