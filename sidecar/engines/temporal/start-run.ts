import { defaultPayloadConverter } from '@temporalio/client';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/common';
import { OrchestrationError } from '../../kernel/errors';
import type { RunOutcome, RunRequest } from '../port/run';
import { isAlreadyStarted } from './grpc-errors';
import { argsOfItems } from './payload-items';
import { workflowIdOf } from './run-id';
import { outcomeOfRun, outcomeSoon } from './run-outcome';
import type { Session } from './session';
import { readWorkflowName } from './workflow-name';

/** What Temporal takes in one payload (limit.blobSize.error), less some for what stands around it. */
const largestBytes = 2 * 1024 * 1024 - 4 * 1024;

/**
 * Starts a workflow, or finds the one that the same attempt has started, and waits a little for its
 * end. The same attempt is never run twice.
 * @throws workflow_invalid, payload_too_large, engine_*
 */
export async function startRun(session: Session, request: RunRequest): Promise<RunOutcome> {
	const { type, taskQueue } = readWorkflowName(request.workflowId, session.taskQueue);
	const workflowId = workflowIdOf(request.runKey);
	const args = argsOfItems(request.items);
	assertFits(args, request.workflowId);
	try {
		const { firstExecutionRunId: runId } = await session.call(
			async (client) =>
				await client.workflow.start(type, {
					workflowId,
					taskQueue,
					args,
					memo: { traceparent: request.traceparent },
					workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
					workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
				}),
		);
		return await outcomeSoon(session, { workflowId, runId });
	} catch (error) {
		if (!isAlreadyStarted(error)) throw error;
		return await outcomeOfRun(session, { workflowId });
	}
}

/** Bytes as they are sent; a payload that is refused there would be lost on the way. */
function assertFits(args: unknown[], workflow: string): void {
	const bytes = args
		.map((arg) => defaultPayloadConverter.toPayload(arg)?.data?.length ?? 0)
		.reduce((sum, each) => sum + each, 0);
	if (bytes <= largestBytes) return;
	throw new OrchestrationError(
		'payload_too_large',
		`The payload for ${workflow} is ${bytes} bytes; Temporal takes ${largestBytes}. Nothing was sent. Put the data where the workflow can read it, and send where that is.`,
		{ details: { bytes, largestBytes } },
	);
}
