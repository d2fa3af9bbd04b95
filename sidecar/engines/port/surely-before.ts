import { isOrchestrationError, OrchestrationError } from '../../kernel/errors';

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
		(isOrchestrationError(error) && error.details['sent'] === false)
	);
}

/** For all that is asked of the engine before something is started. @throws with `details.sent` false */
export async function beforeAnything<T>(asked: Promise<T>): Promise<T> {
	try {
		return await asked;
	} catch (error) {
		if (!isOrchestrationError(error) || error.code === 'database_unavailable') throw error;
		const details = { ...error.details, sent: false };
		throw new OrchestrationError(error.code, error.message, { details, cause: error });
	}
}
