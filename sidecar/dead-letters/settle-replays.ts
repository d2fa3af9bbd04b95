import { isOrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import type { ReplayLease } from './dead-letter-store';
import { findLetter } from './find-letter';
import { performReplay } from './perform-replay';
import { findRedelivery } from './redeliver';
import { recordOutcome } from './replay-outcome';
import { newLease, type InBackground, type ReplayPorts } from './replay-ports';
import { findRetry } from './retry-in-engine';

/**
 * Takes over replays whose process is gone or whose answer never came, and asks the engine what
 * became of them. One that never started is carried out now, in the background: it was accepted.
 * @returns how many were looked at
 */
export async function settleReplays(
	ports: ReplayPorts & InBackground,
	limit = 20,
): Promise<number> {
	const lease = newLease(ports);
	const replays = await ports.letters.takeOverReplays(lease, limit);
	// Side by side: an engine that hangs does not hold up the others.
	await Promise.all(
		replays.map(async (replay) => {
			try {
				await settle(ports, replay, lease);
			} catch (error) {
				// Its engine is away: its lease runs out and it comes up again.
				if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
			}
		}),
	);
	return replays.length;
}

async function settle(
	ports: ReplayPorts & InBackground,
	replay: Replay,
	lease: ReplayLease,
): Promise<void> {
	const letter = await findLetter(ports, replay.letterId);
	const engine = await ports.engineOf(letter.environment);
	const outcome =
		replay.strategy === 'retry'
			? await findRetry(ports, engine, letter, replay)
			: await findRedelivery(engine, letter, replay);
	if (outcome !== null) {
		await recordOutcome(ports, letter, replay, outcome);
	} else if (neverStarted(letter, replay)) {
		ports.inBackground(performReplay(ports, replay, lease));
	} else {
		await recordOutcome(ports, letter, replay, {
			status: 'error',
			executionId: null,
			message: `n8n has no trace of the retry of execution ${replay.retriedId ?? '?'} that was sent to it. It may have succeeded, if the workflow does not keep successful executions: look whether its work was done, then replay the letter or discard it.`,
			hopeless: true,
		});
	}
}

/** Whether no trace means that nothing ran. Of a redelivery the runner always keeps one. */
function neverStarted(letter: DeadLetter, replay: Replay): boolean {
	if (replay.strategy === 'redeliver' || replay.retriedId === null) return true;
	const keepsSuccesses = letter.ran?.settings['saveDataSuccessExecution'] === 'all';
	return keepsSuccesses && replay.executionId === null;
}
