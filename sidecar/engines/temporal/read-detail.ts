import type { WorkflowExecutionDescription } from '@temporalio/client';
import {
	decodeArrayFromPayloads,
	decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import type { ExecutionDetail, ExecutionGlance, Item } from '../port/execution';
import { describeRun } from './describe-run';
import { closeEvent, firstEvents, type HistoryEvent } from './history-events';
import { itemsOfArgs } from './payload-items';
import { readFailure } from './read-failure';
import { readRecord } from './read-run';
import { type RunId, writeRunId } from './run-id';
import type { Session } from './session';

/** @throws execution_not_found */
export async function glanceAt(session: Session, run: RunId): Promise<ExecutionGlance> {
	return glanceOf(session, await describeRun(session, run));
}

function glanceOf(session: Session, described: WorkflowExecutionDescription): ExecutionGlance {
	const traceparent = described.memo?.['traceparent'];
	return {
		...readRecord(described, session.taskQueue),
		traceparent: typeof traceparent === 'string' ? traceparent : null,
	};
}

/** @throws execution_not_found */
export async function readDetail(session: Session, run: RunId): Promise<ExecutionDetail> {
	const described = await describeRun(session, run);
	const exact = { workflowId: described.workflowId, runId: described.runId };
	const glance = glanceOf(session, described);
	const [[first], last, retrySuccessId] = await Promise.all([
		firstEvents(session, exact),
		glance.status === 'running' ? undefined : closeEvent(session, exact),
		successOfReset(session, described),
	]);
	const items = await inputOf(session, first);
	const { parentExecution } = described;
	const parent = parentExecution?.workflowId
		? await readParent(session, parentExecution as RunId)
		: null;
	return {
		...glance,
		retrySuccessId,
		workflowName: described.type,
		trigger: { node: described.type, items },
		failure: await failureIn(session, described, last, items),
		parent,
		detachedCalls: [],
		ran: null,
	};
}

async function inputOf(session: Session, first: HistoryEvent | undefined): Promise<Item[]> {
	const payloads = first?.workflowExecutionStartedEventAttributes?.input?.payloads;
	const { loadedDataConverter } = session.client.options;
	return itemsOfArgs(await decodeArrayFromPayloads(loadedDataConverter, payloads));
}

async function failureIn(
	session: Session,
	{ status, taskQueue }: WorkflowExecutionDescription,
	last: HistoryEvent | undefined,
	input: Item[],
): Promise<ExecutionDetail['failure']> {
	const failure = last?.workflowExecutionFailedEventAttributes?.failure;
	const { loadedDataConverter } = session.client.options;
	const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failure);
	if (error) return { ...readFailure(error), input };
	if (status.name !== 'TIMED_OUT') return null;
	const message = `The workflow timed out: it took longer than its start or its namespace allows (task queue ${taskQueue}).`;
	const bare = { node: null, description: null, httpStatus: null, nonRetryable: false };
	return { ...bare, name: 'WorkflowTimedOut', message, input };
}

async function readParent(session: Session, run: RunId): Promise<ExecutionDetail['parent']> {
	const { workflowId, runId, type } = await describeRun(session, run);
	return { executionId: writeRunId({ workflowId, runId }), workflowId: type };
}

/** The run that a reset has made of it, by whoever it was made, where that has succeeded. */
async function successOfReset(
	session: Session,
	{ workflowId, raw }: WorkflowExecutionDescription,
): Promise<string | null> {
	const runId = raw.workflowExtendedInfo?.resetRunId;
	if (!runId) return null;
	const { status } = await describeRun(session, { workflowId, runId });
	return status.name === 'COMPLETED' ? writeRunId({ workflowId, runId }) : null;
}
