import type { Engine, RunOutcome, WorkflowContent } from '../engines/engine';
import { isOrchestrationError, OrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import { findLetter, findVersionFor } from './find-letter';
import { nextState } from './replay-policy';
import { replayLeaseMs, type ReplayPorts } from './replay-ports';

/**
 * Carries out a replay that has begun, holds its lease meanwhile and records how it ended.
 * Never rejects: what goes wrong is the replay's outcome.
 */
export async function performReplay(ports: ReplayPorts, replay: Replay): Promise<void> {
	const over = new AbortController();
	const heartbeat = holdLease(ports, replay.letterId, over.signal);
	try {
		const letter = await findLetter(ports, replay.letterId);
		await recordOutcome(ports, letter, replay, await attempt(ports, letter, replay));
	} catch {
		// The database is away: the lease runs out and settling asks the engine what became of it.
	} finally {
		over.abort();
		await heartbeat;
	}
}

async function holdLease(ports: ReplayPorts, id: string, signal: AbortSignal): Promise<void> {
	const lease = { owner: ports.owner, ttlMs: replayLeaseMs };
	while (!signal.aborted) {
		await ports.clock.sleep(replayLeaseMs / 3, signal).catch(() => undefined);
		if (!signal.aborted) await ports.letters.renewLease(id, lease).catch(() => undefined);
	}
}

/** What the engine said; a refusal is a failed outcome. */
async function attempt(
	ports: ReplayPorts,
	letter: DeadLetter,
	replay: Replay,
): Promise<RunOutcome> {
	try {
		const engine = await ports.engineOf(letter.environment);
		const done = await succeededMeanwhile(engine, letter);
		if (done) return { status: 'success', executionId: done, items: [] };
		return replay.strategy === 'retry'
			? await engine.executions.retry(executionOf(letter))
			: await redeliver(ports, engine, letter, replay);
	} catch (error) {
		if (isOrchestrationError(error, 'engine_timeout')) return { status: 'in-doubt' };
		const message = isOrchestrationError(error) ? `${error.code}: ${error.message}` : String(error);
		return { status: 'error', executionId: null, message };
	}
}

/** Someone may have retried it in n8n; doing it again would do it twice. */
async function succeededMeanwhile(engine: Engine, letter: DeadLetter): Promise<string | null> {
	if (letter.executionId === null) return null;
	try {
		return (await engine.executions.get(letter.executionId)).retrySuccessId;
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}

async function redeliver(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
): Promise<RunOutcome> {
	if (!letter.trigger) throw new TypeError(`letter ${letter.id} has nothing to redeliver`);
	return await engine.executions.run({
		workflowId: letter.workflowId,
		content: await contentFor(ports, engine, letter, replay.version ?? 'live'),
		triggerNode: letter.trigger.node,
		items: letter.trigger.items,
		traceparent: replay.traceparent,
	});
}

async function contentFor(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	version: string,
): Promise<WorkflowContent> {
	if (version === 'failed' && letter.ran) return letter.ran;
	if (version !== 'live') {
		const chosen = await findVersionFor(ports, letter, version);
		return await ports.contentIn(chosen, letter.environment);
	}
	const workflow = await engine.definitions?.get(letter.workflowId);
	if (!workflow?.live) {
		throw new OrchestrationError(
			'replay_not_possible',
			`Workflow ${letter.workflowName ?? letter.workflowId} is not published in ${letter.environment}, so there is no live version to redeliver to. Publish it, or choose the version \`failed\` or the id of one.`,
		);
	}
	return { ...workflow.content, ...workflow.live.graph };
}

function executionOf(letter: DeadLetter): string {
	if (letter.executionId === null) throw new TypeError(`letter ${letter.id} names no execution`);
	return letter.executionId;
}

/** Writes the outcome; a letter that failed again waits or is scheduled by the environment's rules. */
export async function recordOutcome(
	ports: ReplayPorts,
	letter: DeadLetter,
	replay: Replay,
	outcome: RunOutcome,
): Promise<void> {
	if (outcome.status === 'in-doubt') {
		await ports.letters.markInDoubt(letter.id, replay.number);
		return;
	}
	const finishedAt = ports.clock.now();
	if (outcome.status === 'success') {
		await ports.letters.endReplay(letter.id, replay.number, {
			status: 'succeeded',
			executionId: outcome.executionId,
			message: null,
			finishedAt,
			letter: { state: 'resolved' },
		});
		return;
	}
	const { deadLetters } = await ports.environmentOf(letter.environment);
	await ports.letters.endReplay(letter.id, replay.number, {
		status: 'failed',
		executionId: outcome.executionId,
		message: outcome.message,
		finishedAt,
		letter: nextState(deadLetters, letter, replay.number, finishedAt, ports.random()),
	});
}
