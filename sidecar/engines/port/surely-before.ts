import { isOrchestrationError } from '../../kernel/errors';

/** Whether an error of `run` says that nothing was started; after any other one it may run all the same. */
export function surelyBefore(error: unknown): boolean {
	return (
		isOrchestrationError(
			error,
			'workflow_not_found',
			'workflow_invalid',
			'payload_too_large',
			'engine_circuit_open',
		) ||
		(isOrchestrationError(error, 'engine_unreachable') && error.details['sent'] === false)
	);
}
