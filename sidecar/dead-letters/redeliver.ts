import type { Engine } from '../engines/port/engine';
import type { RunRequest } from '../engines/port/run';
import { surelyBefore } from '../engines/port/surely-before';
import { OrchestrationError } from '../kernel/errors';
import type { DeadLetter, Replay } from './dead-letter';
import type { ReplayLease } from './dead-letter-store';
import { findVersionFor } from './find-letter';
import { asReplay, failedWith, orInDoubt, type ReplayOutcome } from './replay-outcome';
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
	const ran = await whatToRun(ports, engine, letter, replay.version ?? 'live');
	if (!(await ports.letters.goAhead(replay, lease, null))) return null;
	try {
		return asReplay(
			await engine.executions.run({
				...searchOf(letter, replay),
				...ran,
				triggerNode: letter.trigger.node,
				items: letter.trigger.items,
			}),
		);
	} catch (error) {
		if (surelyBefore(error)) return failedWith(error);
		return (await orInDoubt(findRedelivery(engine, letter, replay))) ?? failedWith(error);
	}
}

/** What became of a redelivery whose answer was lost; null: it never started. */
export async function findRedelivery(
	engine: Engine,
	letter: DeadLetter,
	replay: Replay,
): Promise<ReplayOutcome | null> {
	const since = new Date(replay.startedAt.getTime() - clockSkewMs);
	const found = await engine.executions.findRun({ ...searchOf(letter, replay), since });
	return found && asReplay(found);
}

function searchOf({ id, workflowId }: DeadLetter, { traceparent, number }: Replay) {
	return { workflowId, traceparent, runKey: `letter-${id}-${number}` };
}

async function whatToRun(
	ports: ReplayPorts,
	engine: Engine,
	letter: DeadLetter,
	version: string,
): Promise<Pick<RunRequest, 'content' | 'staticData'>> {
	if (engine.executions.entryOfCode) {
		if (version === 'live') return { content: null };
		throw new OrchestrationError(
			'replay_not_possible',
			`The workflows of ${letter.environment} are code of your own, of which no versions are kept here. Choose the version \`live\`: what its workers run now.`,
		);
	}
	if (version === 'failed' && letter.ran) return { content: letter.ran };
	if (version !== 'live') {
		const chosen = await findVersionFor(ports, letter, version);
		return { content: await ports.contentIn(chosen, letter.environment) };
	}
	const workflow = await engine.definitions?.get(letter.workflowId);
	if (!workflow?.live) {
		throw new OrchestrationError(
			'replay_not_possible',
			`Workflow ${letter.workflowName ?? letter.workflowId} is not published in ${letter.environment}, so there is no live version to redeliver to. Publish it, or choose the version \`failed\` or the id of one.`,
		);
	}
	return {
		content: { ...workflow.content, ...workflow.live.graph },
		staticData: workflow.staticData,
	};
}
