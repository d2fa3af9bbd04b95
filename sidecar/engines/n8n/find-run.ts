import { isOrchestrationError } from '../../kernel/errors';
import type { RunOutcome } from '../port/run';
import { getExecution, listExecutions, type ExecutionWire } from './execution-endpoints';
import { readOutcome } from './read-execution';
import { readRunnerExecution } from './runner-outcome';
import type { N8nTransport } from './transport';
import { isWorkerGone, workerGone } from './worker-gone';

/** Room for clocks that disagree; the trace context settles which run it is. */
const clockSkewMs = 60_000;
/** Executions looked at before we give up. */
const maxLookedAt = 1000;

export interface RunSearch {
	/** Workflow id of the runner. */
	runnerId: string;
	workflowId: string;
	traceparent: string;
	since: Date;
}

/** What became of a run, told by the executions n8n has kept; null when it never started. */
export async function findRun(
	transport: N8nTransport,
	search: RunSearch,
): Promise<RunOutcome | null> {
	for (const { id } of await executionsSince(transport, search.runnerId, search.since)) {
		const { tracingContext } = await getExecution(transport, id, false);
		if (tracingContext?.traceparent !== search.traceparent) continue;
		return await outcomeOfRunner(transport, id, search);
	}
	return null;
}

async function outcomeOfRunner(
	transport: N8nTransport,
	runnerExecutionId: string,
	search: RunSearch,
): Promise<RunOutcome | null> {
	const runner = await getExecution(transport, runnerExecutionId, true);
	const { outcome, childId } = readRunnerExecution(runner);
	if (outcome !== null) return outcome;
	if (childId !== null) return await outcomeOfChild(transport, childId);
	// The runner crashed; had it come as far as starting the workflow?
	for (const { id, mode } of await executionsSince(transport, search.workflowId, search.since)) {
		if (mode !== 'integrated') continue;
		const { data } = await getExecution(transport, id, true);
		if (data?.parentExecution?.executionId !== runnerExecutionId) continue;
		const ended = await outcomeOfChild(transport, id);
		return ended.status === 'in-doubt' && isWorkerGone(runner) ? crashedIn(id) : ended;
	}
	return null;
}

function crashedIn(executionId: string): RunOutcome {
	return { status: 'error', executionId, crashed: true, message: workerGone.message };
}

/** Ids of a run that is under way: the workflow's own execution first, then the runner's. */
export async function runningParts(transport: N8nTransport, search: RunSearch): Promise<string[]> {
	const running = { status: 'running' as const };
	const runners = { ...running, workflowId: search.runnerId };
	for (const { id } of await listExecutions(transport, runners, { limit: maxLookedAt })) {
		const { tracingContext } = await getExecution(transport, id, false);
		if (tracingContext?.traceparent !== search.traceparent) continue;
		const own = { ...running, workflowId: search.workflowId };
		for (const child of await listExecutions(transport, own, { limit: maxLookedAt })) {
			const { data } = await getExecution(transport, child.id, true);
			if (data?.parentExecution?.executionId === id) return [child.id, id];
		}
		return [id];
	}
	return [];
}

/** Outcome of the workflow itself. */
async function outcomeOfChild(transport: N8nTransport, childId: string): Promise<RunOutcome> {
	try {
		return readOutcome(await getExecution(transport, childId, true));
	} catch (error) {
		if (!isOrchestrationError(error, 'execution_not_found')) throw error;
		return {
			status: 'error',
			executionId: childId,
			crashed: true,
			message: 'n8n crashed while it ran, and its execution was not kept',
		};
	}
}

/** Newest first, running ones included. */
async function executionsSince(
	transport: N8nTransport,
	workflowId: string,
	since: Date,
): Promise<ExecutionWire[]> {
	const filter = {
		workflowId,
		startedAfter: new Date(since.getTime() - clockSkewMs).toISOString(),
	};
	const limit = { limit: maxLookedAt };
	const running = await listExecutions(transport, { ...filter, status: 'running' }, limit);
	const others = await listExecutions(transport, filter, limit);
	const ended = others.filter(({ id }) => !running.some((one) => one.id === id));
	return [...running, ...ended].sort((a, b) => newestFirst(a.id, b.id));
}

/** n8n numbers executions. */
export function newestFirst(a: string, b: string): number {
	return Number(b) - Number(a) || (a < b ? 1 : a > b ? -1 : 0);
}
