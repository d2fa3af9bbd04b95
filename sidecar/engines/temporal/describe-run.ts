import type { WorkflowExecutionDescription } from '@temporalio/client';
import type { RunId } from './run-id';
import type { Session } from './session';

/** @throws execution_not_found, engine_* */
export async function describeRun(
	session: Session,
	{ workflowId, runId }: RunId,
): Promise<WorkflowExecutionDescription> {
	return await session.call(
		async (client) => await client.workflow.getHandle(workflowId, runId).describe(),
	);
}
