import type { ExecutionDetail } from '../engines/engine';
import type { VersionStore } from '../workflow-versions/version-store';
import type { Capture } from './dead-letter';
import { versionOfLetter } from './version-of-letter';

/** What a letter keeps of a failed execution. */
export async function captureOf(
	versions: VersionStore,
	environment: string,
	execution: ExecutionDetail,
): Promise<Capture> {
	const { failure, ran, workflowId } = execution;
	return {
		workflowName: execution.workflowName,
		error: failure && {
			node: failure.node,
			name: failure.name,
			message: failure.message,
			description: failure.description,
			httpStatus: failure.httpStatus,
		},
		trigger: execution.trigger,
		failedInput: failure?.input ?? [],
		ran,
		versionId: await versionOfLetter(versions, environment, workflowId, ran),
	};
}

/** The letter of an execution; retries belong to the execution they repeat. */
export function executionDedupKey(executionId: string): string {
	return `execution:${executionId}`;
}
