import type { Engine, RunOutcome } from '../engines/engine';
import type { DeadLetter, Replay } from './dead-letter';
import { findLetter } from './find-letter';
import { performReplay, recordOutcome } from './perform-replay';
import { replayLeaseMs, type ReplayPorts } from './replay-ports';

/** Clocks of the engine and of the sidecar may differ by this much. */
const clockSkewMs = 60_000;

/**
 * Takes over replays whose process is gone or whose answer never came, and asks the engine what
 * became of them. One that never started is carried out now: it was accepted.
 * @returns how many were looked at
 */
export async function settleReplays(ports: ReplayPorts, limit = 20): Promise<number> {
	const lease = { owner: ports.owner, ttlMs: replayLeaseMs };
	const replays = await ports.letters.takeOverReplays(lease, limit);
	for (const replay of replays) await settle(ports, replay);
	return replays.length;
}

async function settle(ports: ReplayPorts, replay: Replay): Promise<void> {
	const letter = await findLetter(ports, replay.letterId);
	const engine = await ports.engineOf(letter.environment);
	const outcome =
		replay.strategy === 'retry'
			? await findRetry(ports, engine, letter, replay)
			: await engine.executions.findRun({
					workflowId: letter.workflowId,
					traceparent: replay.traceparent,
					since: skewed(replay),
				});
	if (outcome === null) await performReplay(ports, replay);
	else await recordOutcome(ports, letter, replay, outcome);
}

function skewed(replay: Replay): Date {
	return new Date(replay.startedAt.getTime() - clockSkewMs);
}

async function findRetry(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
): Promise<RunOutcome | null> {
	if (letter.executionId === null) return null;
	const earlier = new Set(
		(await ports.letters.replaysOf(letter.id))
			.filter(({ number }) => number !== replay.number)
			.map(({ executionId }) => executionId),
	);
	const retries = await engine.executions.retriesOf(letter.executionId, skewed(replay));
	const retry = retries.find(({ id }) => !earlier.has(id));
	if (!retry) return null;
	if (retry.status === 'success') return { status: 'success', executionId: retry.id, items: [] };
	if (retry.status === 'error' || retry.status === 'crashed' || retry.status === 'canceled') {
		return {
			status: 'error',
			executionId: retry.id,
			message: `The retry ended ${retry.status} in n8n, as execution ${retry.id}.`,
		};
	}
	return { status: 'in-doubt' };
}
