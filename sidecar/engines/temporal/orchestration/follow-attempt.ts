import { CancelledFailure, Context } from '@temporalio/activity';
import { isSettled, type Execution } from '../../../executions/execution';
import type { AttemptEnd } from './activities';
import type { OrchestrationPorts } from './orchestration-ports';

/** So often the server hears that the attempt is waited for, and can say that it is cancelled. */
const beatEveryMs = 4_000;

/**
 * Waits for the end of an attempt. When its workflow cancels it, it is cancelled in the ledger and its
 * end is still waited for. When only this process must stop, another one goes on waiting.
 */
export async function followAttempt(
	ports: Pick<OrchestrationPorts, 'wait' | 'cancel'>,
	execution: Execution,
): Promise<AttemptEnd> {
	const context = Context.current();
	const never = new AbortController().signal;
	let seen = execution;
	let isCancelled = false;
	for (;;) {
		context.heartbeat(seen.id);
		const signal = isCancelled ? never : context.cancellationSignal;
		seen = await ports.wait(seen, beatEveryMs, signal);
		if (isSettled(seen.status)) return endOf(seen);
		if (!context.cancellationSignal.aborted || isCancelled) continue;
		// Another worker has it by now, or will: the attempt itself goes on.
		if (context.cancellationDetails?.cancelRequested !== true) {
			throw new CancelledFailure('this worker stops; the attempt goes on without it');
		}
		isCancelled = true;
		await ports.cancel(seen.id);
	}
}

function endOf({ id: executionId, status, outcome, error, errorClass }: Execution): AttemptEnd {
	if (status === 'succeeded') return { is: 'succeeded', executionId };
	if (status === 'canceled') return { is: 'cancelled', executionId };
	return {
		is: 'failed',
		executionId,
		outcome:
			outcome === null || outcome === 'success' || outcome === 'canceled' ? 'error' : outcome,
		error: {
			...(error ?? { node: null, name: 'Error', description: null, httpStatus: null }),
			// Goes through the history of the workflow; the ledger has all of it.
			message: (error?.message ?? 'It has failed.').slice(0, longestMessage),
		},
		errorClass: errorClass ?? 'unknown',
	};
}

const longestMessage = 300;
