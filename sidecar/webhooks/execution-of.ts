import type { NewExecution } from '../executions/execution';
import type { ClaimedDelivery } from './delivery';

/**
 * What a delivery to a workflow by its id asks the ledger to run: once for each round of attempts,
 * so that one sent again by hand runs again.
 */
export function executionOf(
	{ event, delivery }: ClaimedDelivery,
	{ environment, workflowId }: { environment: string; workflowId: string },
): NewExecution {
	const round = delivery.attempts - delivery.roundAttempts;
	return {
		environment,
		workflow: workflowId,
		input: { payload: payloadOf(event.body) },
		idempotencyKey: `delivery:${delivery.id}:${round}`,
		origin: 'webhook',
	};
}

/** The value of a JSON body, else its text. */
function payloadOf(body: Buffer): unknown {
	const text = body.toString('utf8');
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}
