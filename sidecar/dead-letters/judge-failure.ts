import type { Engine } from '../engines/port/engine';
import { isTerminalStatus, type ExecutionDetail } from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import { timedOut } from './interrupted';

/** Whether a failed execution is work lost, and so a dead letter. */
export type Judgement =
	| { verdict: 'lost' }
	/** Somebody else answers for it; `by`: the letter of that execution does. */
	| { verdict: 'covered'; reason: string; by?: string }
	/** Its caller is still running and may yet handle it. */
	| { verdict: 'undecided' };

/** Port: whether a run with this trace context is an attempt of work in our ledger. */
export interface OwnRuns {
	startedByUs?(traceparent: string): Promise<boolean>;
}

const lost: Judgement = { verdict: 'lost' };

/**
 * A run by hand in the editor, one stopped by hand, a replay of ours and a sub-workflow whose caller
 * answers for it are not letters. A sub-workflow that nobody waited for is.
 */
export async function judgeFailure(
	engine: Engine,
	execution: ExecutionDetail,
	{ startedByUs }: OwnRuns = {},
): Promise<Judgement> {
	if (isByHand(execution)) {
		return { verdict: 'covered', reason: 'It was run by hand in the editor.' };
	}
	if (execution.status === 'canceled' && timedOut(execution) === null) {
		return { verdict: 'covered', reason: 'It was stopped by hand.' };
	}
	if (engine.executions.isOwn(execution.workflowId)) {
		return { verdict: 'covered', reason: 'It is a run of the sidecar itself.' };
	}
	const { traceparent } = execution;
	if (traceparent !== null && (await startedByUs?.(traceparent))) {
		return {
			verdict: 'covered',
			reason: 'It is an attempt of an execution, which answers for it.',
		};
	}
	if (!execution.parent) return lost;
	if (engine.executions.isOwn(execution.parent.workflowId)) {
		return { verdict: 'covered', reason: 'It is a replay, and its letter knows how it ended.' };
	}
	return await judgeChild(engine, execution, execution.parent.executionId);
}

async function judgeChild(
	engine: Engine,
	child: ExecutionDetail,
	parentId: string,
): Promise<Judgement> {
	const parent = await findExecution(engine, parentId);
	if (parent === null) return lost;
	if (isByHand(parent)) {
		return {
			verdict: 'covered',
			reason: `Execution ${parentId}, which called it, was run by hand in the editor.`,
		};
	}
	if (parent.detachedCalls.includes(child.workflowId)) return lost;
	if (!isTerminalStatus(parent.status)) return { verdict: 'undecided' };
	if (parent.status === 'success') {
		return {
			verdict: 'covered',
			reason: `Execution ${parentId}, which called it, handled the error.`,
		};
	}
	return {
		verdict: 'covered',
		reason: `The letter of execution ${parentId}, which called it, stands for it.`,
		by: parentId,
	};
}

function isByHand({ mode }: ExecutionDetail): boolean {
	return mode === 'manual' || mode === 'evaluation';
}

/** Null when the engine has it no more. */
export async function findExecution(engine: Engine, id: string): Promise<ExecutionDetail | null> {
	try {
		return await engine.executions.get(id);
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return null;
		throw error;
	}
}
