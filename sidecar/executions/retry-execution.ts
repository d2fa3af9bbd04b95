import { OrchestrationError } from '../kernel/errors';
import { acceptExecutions, type AcceptExecutionPorts } from './accept-executions';
import { findExecution } from './cancel-execution';
import type { Execution, Input } from './execution';
import type { ExecutionStore } from './execution-store';

export type RetryPorts = AcceptExecutionPorts & {
	executions: Pick<ExecutionStore, 'find' | 'accept'>;
	/** @throws secret_unreadable */
	inputOf(execution: Execution): Input;
};

/**
 * Runs one that has failed or was canceled once more, from its beginning, as a new execution. Asked for
 * twice it is one.
 * @throws execution_not_found, execution_not_retryable
 */
export async function retryExecution(ports: RetryPorts, id: string): Promise<Execution> {
	const failed = await findExecution(ports, id);
	if (failed.origin === 'observed' || failed.policy === null) {
		throw notRetryable(
			failed,
			'n8n ran it without us, so its payload is not kept here. Replay its dead letter instead.',
		);
	}
	if (failed.status !== 'failed' && failed.status !== 'canceled') {
		throw notRetryable(
			failed,
			`It is ${failed.status}; only a failed or canceled one can be retried.`,
		);
	}
	const [again] = await acceptExecutions(ports, [
		{
			environment: failed.environment,
			workflow: failed.workflowId,
			version: failed.wantedVersion,
			input: ports.inputOf(failed),
			idempotencyKey: `retry:${failed.id}`,
			tenant: failed.tenant,
			priority: failed.priority,
			policy: failed.policy,
			origin: 'retry',
			retryOf: failed.id,
		},
	]);
	if (!again) throw new Error(`the retry of execution ${id} was not kept`);
	return again;
}

function notRetryable({ id, status }: Execution, why: string): OrchestrationError {
	return new OrchestrationError('execution_not_retryable', `Execution ${id}: ${why}`, {
		details: { id, status },
	});
}
