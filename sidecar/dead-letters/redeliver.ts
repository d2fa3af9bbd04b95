import type { Engine, WorkflowContent } from '../engines/engine';
import { OrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import type { ReplayLease } from './dead-letter-store';
import { findVersionFor } from './find-letter';
import { failedWith, type ReplayOutcome } from './replay-outcome';
import type { ReplayPorts } from './replay-ports';
import { clockSkewMs } from './retry-in-engine';

/**
 * Starts the workflow anew with what its trigger gave.
 * @returns null when somebody else has the replay now
 * @throws replay_not_possible, version_not_found, engine_*, all before anything was sent
 */
export async function redeliver(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
	lease: ReplayLease,
): Promise<ReplayOutcome | null> {
	if (!letter.trigger) throw new TypeError(`letter ${letter.id} has nothing to redeliver`);
	const content = await contentFor(ports, engine, letter, replay.version ?? 'live');
	if (!(await ports.letters.goAhead(replay, lease, null))) return null;
	try {
		return await engine.executions.run({
			workflowId: letter.workflowId,
			content,
			triggerNode: letter.trigger.node,
			items: letter.trigger.items,
			traceparent: replay.traceparent,
		});
	} catch (error) {
		// It may have run all the same; when n8n cannot tell either, the first error says why.
		const found = await findRedelivery(engine, letter, replay).catch(() => null);
		return found ?? failedWith(error);
	}
}

/** What became of a redelivery whose answer was lost; null: it never started. */
export async function findRedelivery(
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
): Promise<ReplayOutcome | null> {
	return await engine.executions.findRun({
		workflowId: letter.workflowId,
		traceparent: replay.traceparent,
		since: new Date(replay.startedAt.getTime() - clockSkewMs),
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
