import type { Engine } from '../engines/port/engine';
import { isTerminalStatus } from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import type { ReplayLease } from './dead-letter-store';
import type { Standing } from './hand-retries';
import { asReplay, failedWith, orInDoubt, type ReplayOutcome } from './replay-outcome';
import type { ReplayPorts } from './replay-ports';

/** Clocks of the engine and of the sidecar may differ by this much. */
export const clockSkewMs = 60_000;

/**
 * Goes on in the engine where the latest execution of the letter failed: starting from the first
 * would do again what a failed retry has done meanwhile.
 * @returns null when somebody else has the replay now
 */
export async function retryInEngine(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
	lease: ReplayLease,
	{ latest }: Standing,
): Promise<ReplayOutcome | null> {
	if (latest === null) {
		return hopeless(
			`Execution ${letter.executionIds.join(', ')} is not in n8n any more, so it cannot be retried. Use the strategy redeliver.`,
		);
	}
	if (latest.status === 'canceled') {
		return hopeless(
			`Execution ${latest.id} was stopped or timed out, and n8n does not keep where it stood. Use the strategy redeliver.`,
		);
	}
	if (!(await ports.letters.goAhead(replay, lease, latest.id))) return null;
	try {
		return asReplay(await engine.executions.retry(latest.id));
	} catch (error) {
		// It answered, but not in a way that tells what it did.
		if (!isOrchestrationError(error, 'engine_bad_response')) return failedWith(error);
		const sent = { ...replay, retriedId: latest.id };
		return (await orInDoubt(findRetry(ports, engine, letter, sent))) ?? failedWith(error);
	}
}

/** What became of a retry whose answer was lost; null: the engine has no trace of one. */
export async function findRetry(
	ports: Pick<ReplayPorts, 'letters'>,
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
): Promise<ReplayOutcome | null> {
	const { retriedId } = replay;
	if (retriedId === null) return null;
	const before = (await ports.letters.replaysOf(letter.id))
		.filter(({ number }) => number !== replay.number)
		.map(({ executionId }) => executionId);
	const since = new Date(replay.startedAt.getTime() - clockSkewMs);
	const queued = await engine.executions.list({ status: 'new', workflowId: letter.workflowId });
	const retries = [...queued, ...(await engine.executions.retriesOf(retriedId, since))].filter(
		({ id, retryOf }) => retryOf === retriedId && !before.includes(id),
	);
	const succeeded = retries.find(({ status }) => status === 'success');
	if (succeeded) return { status: 'success', executionId: succeeded.id };
	const open = retries.find(({ status }) => !isTerminalStatus(status));
	if (open) return { status: 'in-doubt', executionId: open.id };
	const [listed] = retries;
	if (!listed) return null;
	// A list may call a failure what is told to be a crash when it is read.
	const failed = listed.status === 'error' ? await engine.executions.get(listed.id) : listed;
	return {
		status: 'error',
		executionId: failed.id,
		message: `The retry ended as ${failed.status} in n8n, as execution ${failed.id}.`,
		// Cut off: nobody knows how far it got.
		hopeless: failed.status !== 'error',
	};
}

function hopeless(message: string): ReplayOutcome {
	return { status: 'error', executionId: null, message, hopeless: true };
}
