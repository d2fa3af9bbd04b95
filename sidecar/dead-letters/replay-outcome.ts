import type { RunOutcome } from '../engines/port/run';
import { isOrchestrationError } from '../kernel/errors';
import type { LetterSummary, Replay } from './dead-letter';
import { nextState } from './replay-policy';
import type { ReplayPorts } from './replay-ports';

/** What came of one replay. */
export type ReplayOutcome =
	| { status: 'success'; executionId: string | null }
	/** `hopeless`: the same replay again would end the same way, or could do the work twice. */
	| { status: 'error'; executionId: string | null; message: string; hopeless?: boolean }
	/** Not known yet; `executionId`: what it may have become. */
	| { status: 'in-doubt'; executionId?: string };

/**
 * One that goes on is asked for later, as one in doubt; of one that was cut off nobody knows how far it
 * got.
 */
export function asReplay(outcome: RunOutcome): ReplayOutcome {
	switch (outcome.status) {
		case 'running':
			return { status: 'in-doubt', executionId: outcome.executionId };
		case 'error':
			return { ...outcome, hopeless: outcome.crashed ?? false };
		default:
			return outcome;
	}
}

/** Writes the outcome; a letter that failed again waits or is scheduled by the environment's rules. */
export async function recordOutcome(
	ports: Pick<ReplayPorts, 'letters' | 'environmentOf' | 'clock' | 'random' | 'onReplayEnded'>,
	letter: LetterSummary,
	replay: Replay,
	outcome: ReplayOutcome,
): Promise<void> {
	if (outcome.status === 'in-doubt') {
		await ports.letters.markInDoubt(letter.id, replay.number, outcome.executionId ?? null);
		return;
	}
	const finishedAt = ports.clock.now();
	const { environment } = letter;
	const ended = { environment, strategy: replay.strategy };
	if (outcome.status === 'success') {
		const isFirst = await ports.letters.endReplay(letter.id, replay.number, {
			status: 'succeeded',
			executionId: outcome.executionId,
			message: null,
			finishedAt,
			letter: { state: 'resolved' },
		});
		if (isFirst) ports.onReplayEnded?.({ ...ended, outcome: 'succeeded' });
		return;
	}
	// A redelivery may have come further than the first run: a retry of that would do things twice.
	const needsPerson = outcome.hopeless === true || replay.strategy === 'redeliver';
	const { deadLetters } = await ports.environmentOf(letter.environment);
	const isFirst = await ports.letters.endReplay(letter.id, replay.number, {
		status: 'failed',
		executionId: outcome.executionId,
		message: outcome.message,
		finishedAt,
		letter: needsPerson
			? { state: 'waiting' }
			: nextState(deadLetters, letter, replay.number, finishedAt, ports.random()),
	});
	if (isFirst) ports.onReplayEnded?.({ ...ended, outcome: 'failed' });
}

/** What the engine says of what was sent; in doubt, and so asked for again, when it cannot tell now. */
export async function orInDoubt(
	asked: Promise<ReplayOutcome | null>,
): Promise<ReplayOutcome | null> {
	try {
		return await asked;
	} catch (error) {
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		return { status: 'in-doubt' };
	}
}

/** A refusal of the engine as an outcome. */
export function failedWith(error: unknown): ReplayOutcome {
	if (isOrchestrationError(error, 'engine_timeout')) return { status: 'in-doubt' };
	const message = isOrchestrationError(error) ? `${error.code}: ${error.message}` : String(error);
	return { status: 'error', executionId: null, message };
}
