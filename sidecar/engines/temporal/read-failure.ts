import {
	ActivityFailure,
	ApplicationFailure,
	CancelledFailure,
	ChildWorkflowFailure,
	TerminatedFailure,
	TimeoutFailure,
} from '@temporalio/client';
import type { ExecutionFailure } from '../port/execution';

type Read = Required<Omit<ExecutionFailure, 'input'>>;

/** What failed and why: the innermost cause, and the activity or child workflow that it came from. */
export function readFailure(error: Error): Read {
	let node: string | null = null;
	let innermost = error;
	for (let next: unknown = error; next instanceof Error; next = next.cause) {
		innermost = next;
		if (next instanceof ActivityFailure) node = next.activityType;
		if (next instanceof ChildWorkflowFailure) node = next.workflowType;
	}
	const message = innermost.message || error.message;
	const bare = { node, message, description: null, httpStatus: null, nonRetryable: false };
	if (innermost instanceof ApplicationFailure) {
		const { type, nonRetryable } = innermost;
		return {
			...bare,
			name: type || 'ApplicationFailure',
			httpStatus: httpStatusIn(innermost),
			nonRetryable: nonRetryable ?? false,
		};
	}
	if (innermost instanceof TimeoutFailure) {
		const what = node === null ? 'It' : `Activity or workflow ${node}`;
		return { ...bare, name: 'Timeout', message: `${what} timed out (${innermost.timeoutType}).` };
	}
	if (innermost instanceof CancelledFailure) return { ...bare, name: 'Canceled' };
	if (innermost instanceof TerminatedFailure) return { ...bare, name: 'Terminated' };
	return { ...bare, name: innermost.name };
}

/** Where the code that failed tells it: `details: [{ httpStatus: 503 }]`. */
function httpStatusIn({ details }: ApplicationFailure): number | null {
	const [first] = details ?? [];
	const status = (first as { httpStatus?: unknown } | null | undefined)?.httpStatus;
	return typeof status === 'number' && Number.isInteger(status) ? status : null;
}
