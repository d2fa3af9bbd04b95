import { backoffDelay } from '../kernel/backoff';
import type { RetryPolicy } from './subscription';

/** How one attempt went. */
export type Outcome =
	| { ok: true; status: number | null; answer: string | null }
	| {
			ok: false;
			status: number | null;
			/** Without secrets. */
			error: string;
			answer: string | null;
			/** What the receiver asked for; null: nothing. */
			retryAfterMs: number | null;
			/** The next would fare no better: nobody answers, or it could not even be sent. Default false. */
			silent?: boolean;
			/** It may have taken the request all the same. Default false. */
			inDoubt?: boolean;
	  };

/** Nobody waits longer because a receiver said so. */
const mostPatienceMs = 86_400_000;

/**
 * What comes after an attempt. 410 Gone ends it at once, as Standard Webhooks has it; any other
 * failure is tried again: n8n answers 404 while a workflow is being published.
 * @param attempts made so far, this one among them
 */
export function afterAttempt(
	outcome: Outcome,
	attempts: number,
	retry: RetryPolicy,
	now: Date,
	random: number,
): { state: 'delivered' } | { state: 'dead' } | { state: 'pending'; at: Date } {
	if (outcome.ok) return { state: 'delivered' };
	if (outcome.status === 410 || attempts >= retry.maxAttempts) return { state: 'dead' };
	const delay = Math.max(
		backoffDelay(retry, attempts, random),
		Math.min(outcome.retryAfterMs ?? 0, mostPatienceMs),
	);
	return { state: 'pending', at: new Date(now.getTime() + delay) };
}
