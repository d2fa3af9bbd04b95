import type { Clock } from '../kernel/clock';
import { isOrchestrationError } from '../kernel/errors';

/** How long a write without an answer may take to show, in milliseconds. */
const lateMs = 3_000;
const pollMs = 250;

/**
 * Does a write whose answer may be lost: then the engine is asked whether it happened.
 * @param happened what it has made; null as long as it does not show
 * @throws what the write threw, when it has not happened
 */
export async function surely<Result>(
	clock: Clock,
	write: () => Promise<Result>,
	happened: () => Promise<Result | null>,
): Promise<Result> {
	try {
		return await write();
	} catch (error) {
		if (
			!isOrchestrationError(error, 'engine_timeout', 'engine_unreachable', 'engine_bad_response')
		) {
			throw error;
		}
		const found = await lookFor(clock, happened);
		if (found === null) throw error;
		return found;
	}
}

async function lookFor<Result>(
	clock: Clock,
	happened: () => Promise<Result | null>,
): Promise<Result | null> {
	const deadline = clock.now().getTime() + lateMs;
	for (;;) {
		// An engine that is away cannot say either; the error of the write is the one to tell.
		const found = await happened().catch((error: unknown) => {
			if (isOrchestrationError(error)) return null;
			throw error;
		});
		if (found !== null || clock.now().getTime() >= deadline) return found;
		await clock.sleep(pollMs);
	}
}
