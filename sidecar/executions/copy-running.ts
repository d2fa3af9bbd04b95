import type { Engine } from '../engines/port/engine';
import type { ExecutionDetail } from '../engines/port/execution';
import { isOrchestrationError } from '../kernel/errors';
import { isAway } from './engine-away';
import type { OnTrouble } from './history-ports';

type Trigger = ExecutionDetail['trigger'];
type Named = Pick<ExecutionDetail, 'id' | 'workflowId'>;

/** Port. Storage implements it. What started an execution is kept for as long as that is open. */
export interface TriggerCopies {
	/** Of these the ones that have been open for so long, and of which nothing was kept yet. */
	missing(
		environment: string,
		executionIds: string[],
		options: { runningForMs: number; limit: number },
	): Promise<string[]>;
	/** @param trigger null: there is nothing to keep of it */
	keep(environment: string, execution: Named, trigger: Trigger): Promise<void>;
	find(environment: string, execution: Named): Promise<Trigger>;
}

/** What ends sooner is not read. n8n drops nothing before a worker was silent for half a minute. */
const runningForMs = 5_000;
/** Executions read in one look. */
const mostAtOnce = 20;

/**
 * Keeps what started an execution while it runs. In queue mode n8n drops the data of what a worker died
 * in before anybody is told of it; the letter is made of this then.
 * @param running ids of what was seen running just now
 * @throws engine_* when the engine cannot be asked
 */
export async function copyRunning(
	{ copies, onTrouble }: { copies: TriggerCopies; onTrouble: OnTrouble },
	environment: string,
	{ executions }: Engine,
	running: ReadonlySet<string>,
): Promise<void> {
	if (running.size === 0) return;
	const bounds = { runningForMs, limit: mostAtOnce };
	for (const id of await copies.missing(environment, [...running], bounds)) {
		try {
			const execution = await executions.get(id);
			const { workflowId, trigger } = execution;
			await copies.keep(environment, execution, executions.isOwn(workflowId) ? null : trigger);
		} catch (error) {
			if (isAway(error)) throw error;
			if (!isOrchestrationError(error, 'execution_not_found')) onTrouble(id, error);
		}
	}
}

/** With what was kept while it ran, where the engine has no more of that. */
export async function withTrigger(
	copies: TriggerCopies,
	environment: string,
	execution: ExecutionDetail,
): Promise<ExecutionDetail> {
	if (execution.status !== 'crashed' || execution.trigger !== null) return execution;
	return { ...execution, trigger: await copies.find(environment, execution) };
}
