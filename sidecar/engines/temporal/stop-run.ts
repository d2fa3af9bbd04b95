import { isOrchestrationError } from '../../kernel/errors';
import { describeRun } from './describe-run';
import { eventsBackwards } from './history-events';
import { msOf } from './proto-time';
import type { RunId } from './run-id';
import type { Session } from './session';

/**
 * Asks a run to end, so that it can clean up; one that was asked longer ago than `patienceMs` is
 * terminated. To be called until it has ended. False: it has, or never began.
 */
export async function stopRun(session: Session, run: RunId, patienceMs: number): Promise<boolean> {
	try {
		const { workflowId, runId, status, raw } = await describeRun(session, run);
		if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return false;
		const handle = session.client.workflow.getHandle(workflowId, runId);
		if (raw.workflowExtendedInfo?.cancelRequested !== true) {
			await session.call(async () => await handle.cancel());
			return true;
		}
		const askedAt = await cancelAskedAt(session, { workflowId, runId });
		if (askedAt !== null && session.clock.now().getTime() - askedAt >= patienceMs) {
			const reason = `It was asked to end ${patienceMs} ms before, and did not.`;
			await session.call(async () => await handle.terminate(reason));
		}
		return true;
	} catch (error) {
		// It has just ended, or never came so far.
		if (isOrchestrationError(error, 'execution_not_found')) return false;
		throw error;
	}
}

async function cancelAskedAt(session: Session, run: Required<RunId>): Promise<number | null> {
	for await (const event of eventsBackwards(session, run)) {
		if (event.workflowExecutionCancelRequestedEventAttributes) return msOf(event.eventTime);
	}
	return null;
}
