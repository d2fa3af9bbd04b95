import type { ExecutionDetail } from '../engines/engine';
import type { Capture } from './dead-letter';

/** What a letter keeps of a failed execution. */
export function captureOf(execution: ExecutionDetail): Capture {
	const { failure } = execution;
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
		ran: execution.ran,
	};
}

/** The letter of an execution; retries belong to the execution they repeat. */
export function executionDedupKey(executionId: string): string {
	return `execution:${executionId}`;
}
