import type { ErrorFacts } from '../error-facts';
import { delayAfter, type Backoff } from './backoff';
import { requestedPauseMs } from './requested-pause';

export interface RetryPolicy {
	/** Attempts in all, the first one included. */
	maxAttempts: number;
	/** From the start of the first attempt (Back Off: from its first failure), in milliseconds. */
	deadlineMs?: number;
	backoff: Backoff;
	retryOn: RetryRule;
	/** Whether Retry-After and RateLimit headers lengthen a delay. */
	obeyHeaders: boolean;
	/** A receiver that asks for more is not waited for, in milliseconds. */
	longestPauseMs: number;
}

/** An error is tried again when one of these says so. */
export interface RetryRule {
	anyError: boolean;
	network: boolean;
	/** `429`, or `5xx`. */
	statuses: string[];
	/** Names of error classes. */
	classes: string[];
	message?: RegExp;
}

/** What is remembered of one piece of work between its attempts. */
export interface RetryState {
	/** That were made and failed. */
	attempts: number;
	startedAt: number;
	lastDelayMs: number;
}

export type GiveUpReason =
	| 'attempts'
	| 'deadline'
	| 'not-retryable'
	| 'pause-too-long'
	| 'retry-budget'
	/** The work as a whole was decided meanwhile. */
	| 'decided';

export type RetryDecision =
	{ kind: 'retry'; delayMs: number } | { kind: 'give-up'; reason: GiveUpReason };

export function decideRetry(
	policy: RetryPolicy,
	state: RetryState,
	failure: ErrorFacts,
	now: number,
	random: () => number,
): RetryDecision {
	const giveUp = (reason: GiveUpReason): RetryDecision => ({ kind: 'give-up', reason });
	if (!isRetryable(policy.retryOn, failure)) return giveUp('not-retryable');
	if (state.attempts >= policy.maxAttempts) return giveUp('attempts');
	const pause = policy.obeyHeaders ? (requestedPauseMs(failure.headers, now) ?? 0) : 0;
	if (pause > policy.longestPauseMs) return giveUp('pause-too-long');
	const delayMs = Math.max(pause, delayAfter(policy.backoff, state, random));
	const { deadlineMs } = policy;
	if (deadlineMs !== undefined && now + delayMs > state.startedAt + deadlineMs) {
		return giveUp('deadline');
	}
	return { kind: 'retry', delayMs };
}

export function isRetryable(rule: RetryRule, failure: ErrorFacts): boolean {
	const { httpStatus, name, message, network } = failure;
	return (
		rule.anyError ||
		(rule.network && network) ||
		(httpStatus !== undefined && rule.statuses.some((each) => matchesStatus(each, httpStatus))) ||
		(name !== undefined && rule.classes.includes(name)) ||
		rule.message?.test(message) === true
	);
}

/** `429` or `5xx`. */
export function matchesStatus(pattern: string, status: number): boolean {
	return pattern.length === 3 && [...pattern.toLowerCase()].every(matches);
	function matches(digit: string, index: number): boolean {
		return digit === 'x' || digit === String(status)[index];
	}
}
