import { isOrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import type { ReplayLease } from './dead-letter-store';
import { findLetter } from './find-letter';
import { standingOf } from './hand-retries';
import { redeliver } from './redeliver';
import { failedWith, recordOutcome, type ReplayOutcome } from './replay-outcome';
import type { ReplayPorts } from './replay-ports';
import { retryInEngine } from './retry-in-engine';

/**
 * Carries out a replay that has begun, holds its lease meanwhile and records how it ended. What the
 * engine refuses is the replay's outcome.
 * @returns null: somebody else has the replay now
 * @throws database_unavailable; the lease runs out then, and settling asks what became of the replay
 */
export async function performReplay(
	ports: ReplayPorts,
	replay: Replay,
	lease: ReplayLease,
): Promise<ReplayOutcome | null> {
	const over = new AbortController();
	const heartbeat = holdLease(ports, replay.letterId, lease, over.signal);
	try {
		const letter = await findLetter(ports, replay.letterId);
		const outcome = await attempt(ports, letter, replay, lease);
		if (outcome) await recordOutcome(ports, letter, replay, outcome);
		return outcome;
	} finally {
		over.abort();
		await heartbeat;
	}
}

async function holdLease(
	ports: ReplayPorts,
	id: string,
	lease: ReplayLease,
	signal: AbortSignal,
): Promise<void> {
	while (!signal.aborted) {
		await ports.clock.sleep(lease.ttlMs / 3, signal).catch(() => undefined);
		// A missed renewal is made up by the next one; before anything is sent the lease is asked for.
		if (!signal.aborted) await ports.letters.renewLease(id, lease).catch(() => undefined);
	}
}

/** Null: somebody else has the replay now. */
async function attempt(
	ports: ReplayPorts,
	letter: DeadLetter,
	replay: Replay,
	lease: ReplayLease,
): Promise<ReplayOutcome | null> {
	try {
		const engine = await ports.engineOf(letter.environment);
		const standing = await standingOf(engine, letter);
		if (standing.succeeded !== null) {
			return { status: 'success', executionId: standing.succeeded };
		}
		if (standing.underWay !== null) {
			return {
				status: 'error',
				executionId: null,
				message: `Execution ${standing.underWay}, a retry made in n8n, is still under way; replaying now would do it twice.`,
			};
		}
		return replay.strategy === 'retry'
			? await retryInEngine(ports, engine, letter, replay, lease, standing)
			: await redeliver(ports, engine, letter, replay, lease);
	} catch (error) {
		if (isOrchestrationError(error, 'database_unavailable')) throw error;
		return failedWith(error);
	}
}
