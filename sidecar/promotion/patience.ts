import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';
import { isPassing } from './promotion';

/** Waits before another try, in milliseconds; together they outlast a restart of n8n. */
const waits = [500, 2_000, 5_000, 15_000, 20_000];

/**
 * Tries again while the engine is only away for a moment.
 * @param work is told how often it was tried before
 * @throws what it threw last; the signal's reason when aborted
 */
export async function withPatience<Result>(
	clock: Clock,
	signal: AbortSignal,
	work: (triedBefore: number) => Promise<Result>,
): Promise<Result> {
	for (const [triedBefore, wait] of waits.entries()) {
		try {
			return await work(triedBefore);
		} catch (error) {
			if (!isOrchestrationError(error) || !isPassing(error.code)) throw error;
			await clock.sleep(wait, signal);
		}
	}
	return await work(waits.length);
}
