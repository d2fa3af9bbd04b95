import { isTerminalStatus, type Engine, type ExecutionDetail } from '../engines/engine';
import { isOrchestrationError } from '../kernel/errors';

/** Whether a failed execution is work lost, and so a dead letter. */
export type Judgement =
	| { verdict: 'lost' }
	/** Somebody else answers for it. */
	| { verdict: 'covered'; reason: string }
	/** Its caller is still running and may yet handle it. */
	| { verdict: 'undecided' };

const lost: Judgement = { verdict: 'lost' };

/**
 * A run by hand in the editor, a replay of ours and a sub-workflow whose caller answers for it are
 * not letters. A sub-workflow that nobody waited for is.
 */
export async function judgeFailure(engine: Engine, execution: ExecutionDetail): Promise<Judgement> {
	if (execution.mode === 'manual' || execution.mode === 'evaluation') {
		return { verdict: 'covered', reason: 'It was run by hand in the editor.' };
	}
	if (engine.executions.isOwn(execution.workflowId)) {
		return { verdict: 'covered', reason: 'It is a run of the sidecar itself.' };
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
	try {
		const parent = await engine.executions.get(parentId);
		if (parent.detachedCalls.includes(child.workflowId)) return lost;
		if (!isTerminalStatus(parent.status)) return { verdict: 'undecided' };
		return {
			verdict: 'covered',
			reason:
				parent.status === 'success'
					? `Execution ${parentId}, which called it, handled the error.`
					: `The letter of execution ${parentId}, which called it, stands for it.`,
		};
	} catch (error) {
		if (isOrchestrationError(error, 'execution_not_found')) return lost;
		throw error;
	}
}
