import type { ExecutionDetail } from '../engines/port/execution';
import type { LetterError } from './dead-letter';

const timedOutName = 'ExecutionTimedOut';

/** Timers may be this much early. */
const toleranceMs = 100;

/**
 * The error of a run that took longer than its settings allow. n8n calls it canceled, as one that was
 * stopped by hand, and gives no error or a different one for each kind of node; null for the latter.
 */
export function timedOut(execution: ExecutionDetail): LetterError | null {
	const { status, startedAt, stoppedAt, ran } = execution;
	const seconds = Number(ran?.settings['executionTimeout'] ?? 0);
	if (status !== 'canceled' || !(seconds > 0) || !startedAt || !stoppedAt) return null;
	const lasted = Date.parse(stoppedAt) - Date.parse(startedAt);
	if (!(lasted >= seconds * 1000 - toleranceMs)) return null;
	return {
		node: null,
		name: timedOutName,
		message: `It was canceled because it took longer than the ${seconds} s that its settings allow.`,
		description: null,
		httpStatus: null,
	};
}

/** Whether the run was cut off, so that nobody knows how far it got. */
export function wasInterrupted({ name }: Pick<LetterError, 'name'>): boolean {
	return (
		name === 'WorkflowCrashedError' ||
		name === 'TimeoutExecutionCancelledError' ||
		name === timedOutName
	);
}
