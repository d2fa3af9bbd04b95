import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError, sleep } from 'n8n-workflow';

/** n8n looks for waiting executions once a minute: below this its own wait would be late. */
export const LONGEST_SLEEP_MS = 65_000;

/**
 * A timer cannot be taken back: after a cancellation it lives on for no longer than this, and so does
 * the process that waits for it.
 */
export const LONGEST_TIMER_MS = 250;

/** Waits in this process, holding the execution's slot. Throws when the execution is cancelled. */
export async function waitInProcess(
	context: IExecuteFunctions,
	milliseconds: number,
	itemIndex = 0,
): Promise<void> {
	const signal = context.getExecutionCancelSignal();
	let stop: () => void = () => undefined;
	const cancelled = new Promise<void>((resolve) => {
		stop = resolve;
		signal?.addEventListener('abort', stop);
	});
	const until = performance.now() + milliseconds;
	for (let left = milliseconds; left > 0 && !signal?.aborted; left = until - performance.now()) {
		await Promise.race([sleep(Math.min(left, LONGEST_TIMER_MS)), cancelled]);
	}
	signal?.removeEventListener('abort', stop);
	if (signal?.aborted) throw cancellation(context, itemIndex);
}

export function cancellation(context: IExecuteFunctions, itemIndex: number): NodeOperationError {
	return new NodeOperationError(
		context.getNode(),
		'The execution was cancelled while this node waited',
		{ itemIndex },
	);
}
