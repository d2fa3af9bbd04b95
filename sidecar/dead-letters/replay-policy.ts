import type { DeadLetterRules } from '../environments/environment';
import { backoffDelay } from '../kernel/backoff';
import type { ErrorClass, LetterSummary } from './dead-letter';
import { wasInterrupted } from './interrupted';

/** Where a letter goes when it is new or a replay of it failed. */
export type NextState = { state: 'waiting' } | { state: 'scheduled'; at: Date };

/**
 * Only failures that may pass by themselves are replayed unasked, and only by the retry that starts
 * at the failed node, so that nothing that was done already is done twice. An interrupted run is left
 * to a person: nobody knows how far it got.
 * @param attempts replays made so far
 * @param random a number in [0, 1)
 */
export function nextState(
	rules: DeadLetterRules,
	letter: Pick<LetterSummary, 'executionId' | 'origin' | 'error'> & { errorClass: ErrorClass },
	attempts: number,
	now: Date,
	random: number,
): NextState {
	const passes = letter.errorClass === 'transient' || letter.errorClass === 'quota';
	const retryable =
		letter.executionId !== null &&
		(letter.origin === 'follower' || letter.origin === 'error-workflow') &&
		!wasInterrupted(letter.error);
	if (!rules.autoReplay || !passes || !retryable || attempts >= rules.maxAttempts) {
		return { state: 'waiting' };
	}
	const delay = backoffDelay(rules, attempts + 1, random);
	return { state: 'scheduled', at: new Date(now.getTime() + delay) };
}
