import {
	isGrpcCancelledError,
	WorkflowContinuedAsNewError,
	WorkflowFailedError,
} from '@temporalio/client';
import type { RunOutcome } from '../port/run';
import { describeRun } from './describe-run';
import { itemsOfArgs } from './payload-items';
import { type RunId, writeRunId } from './run-id';
import type { Session } from './session';
import { troubleOf } from './trouble';

/** Waits this long for a result; longer runs are asked for again. */
const patienceMs = 1_000;

/** How a run stands that was started or found; waits a little for the end of one that goes on. */
export async function outcomeSoon(session: Session, run: Required<RunId>): Promise<RunOutcome> {
	const handle = session.client.workflow.getHandle(run.workflowId);
	const executionId = writeRunId(run);
	try {
		const value: unknown = await session.call(
			async (client) =>
				await client.withAbortSignal(AbortSignal.timeout(patienceMs), () => handle.result()),
		);
		return succeeded(executionId, value);
	} catch (error) {
		if (isGrpcCancelledError(error)) return { status: 'running', executionId, trouble: null };
		// It may have failed in a later run than the one that was started.
		if (error instanceof WorkflowFailedError) {
			return await outcomeOfRun(session, { workflowId: run.workflowId });
		}
		throw error;
	}
}

/** How a run stands; a run id that is left out is the latest. @throws execution_not_found */
export async function outcomeOfRun(session: Session, run: RunId): Promise<RunOutcome> {
	const described = await describeRun(session, run);
	const { workflowId, runId, status } = described;
	const executionId = writeRunId({ workflowId, runId });
	if (status.name === 'RUNNING' || status.name === 'PAUSED') {
		return { status: 'running', executionId, trouble: await troubleOf(session, described) };
	}
	try {
		const handle = session.client.workflow.getHandle(workflowId, runId, { followRuns: false });
		return succeeded(executionId, await session.call(async () => await handle.result()));
	} catch (error) {
		if (error instanceof WorkflowContinuedAsNewError) return succeeded(executionId, null);
		if (!(error instanceof WorkflowFailedError)) throw error;
		return { status: 'error', executionId, message: messageOf(error) };
	}
}

function succeeded(executionId: string, value: unknown): RunOutcome {
	const kept = value ?? null;
	return { status: 'success', executionId, items: itemsOfArgs([kept]), value: kept };
}

/** The innermost cause: what wraps it says only that something failed. */
export function messageOf(error: Error): string {
	let innermost = error;
	while (innermost.cause instanceof Error) innermost = innermost.cause;
	return innermost.message || error.message;
}
