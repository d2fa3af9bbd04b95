import type { ResumeOutcome } from '../engines/port/run';
import { backoffDelay } from '../kernel/backoff';
import { isOrchestrationError } from '../kernel/errors';
import type { Settlement } from './parked-store';

/** Early calls meet an execution that is about to wait: soon again. In milliseconds. */
const soon = { baseDelayMs: 50, maxDelayMs: 30_000, jitter: 0.2 };
/** Whatever else stands in the way of this one. */
const later = { baseDelayMs: 500, maxDelayMs: 30_000, jitter: 0.5 };
/** All of them wait for the environment: it is looked at often whether it is back. */
const whileAway = { baseDelayMs: 500, maxDelayMs: 5_000, jitter: 0.5 };

export interface Judgement {
	settlement: Settlement;
	/** The whole environment is away or asks for a pause; none of its other tickets would fare better. */
	isAway: boolean;
}

/**
 * What an answer means for the ticket.
 * @param attempt this one included
 * @param random a number in [0, 1)
 */
export function judgeResume(outcome: ResumeOutcome, attempt: number, random: number): Judgement {
	const again = (trouble: string, inDoubt: boolean, policy = later): Judgement => ({
		settlement: {
			state: 'parked',
			inMs: backoffDelay(policy, attempt, random),
			trouble,
			inDoubt,
		},
		isAway: false,
	});
	switch (outcome.status) {
		case 'resumed':
			return { settlement: { state: 'resumed' }, isAway: false };
		case 'gone':
			return { settlement: { state: 'gone', because: outcome.because }, isAway: false };
		case 'running':
			return again(
				'The execution runs: it does not wait yet, or an earlier call has woken it.',
				false,
				soon,
			);
		case 'in-doubt':
			return again(outcome.message, true);
		case 'refused':
			return again(outcome.message, false);
	}
}

/** What an attempt that failed before any answer means. @throws what nobody foresaw */
export function judgeFailure(error: unknown, attempt: number, random: number): Judgement {
	if (!isOrchestrationError(error)) throw error;
	const isAway = isOrchestrationError(
		error,
		'engine_unreachable',
		'engine_circuit_open',
		'engine_rate_limited',
	);
	const inMs = backoffDelay(isAway ? whileAway : later, attempt, random);
	return {
		settlement: { state: 'parked', inMs, trouble: error.message, inDoubt: false },
		isAway,
	};
}
