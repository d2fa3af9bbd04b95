import type { WorkflowExecutionInfo } from '@temporalio/client';
import type { ExecutionRecord, ExecutionStatus } from '../port/execution';
import { writeRunId } from './run-id';
import { writeWorkflowName } from './workflow-name';

/** Of the names of Temporal (WorkflowExecutionStatus) to those of the port. */
const statuses: Record<WorkflowExecutionInfo['status']['name'], ExecutionStatus> = {
	UNSPECIFIED: 'unknown',
	UNKNOWN: 'unknown',
	RUNNING: 'running',
	PAUSED: 'waiting',
	COMPLETED: 'success',
	// Its work goes on in another run, which is told by itself.
	CONTINUED_AS_NEW: 'success',
	FAILED: 'error',
	TIMED_OUT: 'error',
	CANCELLED: 'canceled',
	TERMINATED: 'canceled',
};

export function readRecord(
	info: Pick<
		WorkflowExecutionInfo,
		'workflowId' | 'runId' | 'type' | 'taskQueue' | 'status' | 'startTime' | 'closeTime'
	>,
	taskQueue: string | null,
): ExecutionRecord {
	const { workflowId, runId, type } = info;
	return {
		id: writeRunId({ workflowId, runId }),
		workflowId: writeWorkflowName({ type, taskQueue: info.taskQueue }, taskQueue),
		status: statuses[info.status.name],
		mode: 'temporal',
		retryOf: null,
		retrySuccessId: null,
		startedAt: info.startTime.toISOString(),
		stoppedAt: info.closeTime?.toISOString() ?? null,
	};
}
