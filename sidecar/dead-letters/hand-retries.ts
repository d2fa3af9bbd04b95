import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import type { LetterSummary } from './dead-letter';
import { findExecution } from './judge-failure';

/** Where the executions of a letter stand in the engine. */
export interface Standing {
	/** The retry that has succeeded, by whoever it was made. */
	succeeded: string | null;
	/** A retry that is not over. */
	underWay: string | null;
	/** The latest execution that is still there; null: all are gone. */
	latest: ExecutionDetail | null;
}

/**
 * Someone may have retried it in the engine, which locks nothing: doing it again would do it twice.
 * Nothing is known for an item on an error output, whose execution is no failure of its own.
 */
export async function standingOf(engine: Engine, letter: LetterSummary): Promise<Standing> {
	let latest: ExecutionDetail | null = null;
	for (const id of letter.executionIds.toReversed()) {
		const execution = await findExecution(engine, id);
		if (execution?.retrySuccessId) {
			return { succeeded: execution.retrySuccessId, underWay: null, latest };
		}
		latest ??= execution;
	}
	const underWay = latest === null ? null : await retryUnderWay(engine, letter);
	return { succeeded: null, underWay, latest };
}

async function retryUnderWay(engine: Engine, letter: LetterSummary): Promise<string | null> {
	const { workflowId, executionIds } = letter;
	for (const status of ['new', 'running', 'waiting'] as const) {
		const open = await engine.executions.list({ status, workflowId });
		const retry = open.find(({ retryOf }) => retryOf !== null && executionIds.includes(retryOf));
		if (retry) return retry.id;
	}
	return null;
}
