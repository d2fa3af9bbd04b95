/**
 * What `work` gives, or undefined when it takes longer than that; then it goes on unheard, and is
 * told so by `isOver`.
 */
export async function within<T>(
	milliseconds: number,
	work: (isOver: () => boolean) => Promise<T>,
): Promise<T | undefined> {
	const end = performance.now() + milliseconds;
	const working = work(() => performance.now() >= end);
	// Its failure after the end is nobody's.
	working.catch(() => undefined);
	return await Promise.race([working, pause(milliseconds)]);
}

/** Node.js takes no longer timers. */
const LONGEST_TIMER_MS = 2_147_483_647;

async function pause(milliseconds: number): Promise<undefined> {
	if (milliseconds > LONGEST_TIMER_MS) return await new Promise(() => undefined);
	const signal = AbortSignal.timeout(Math.ceil(milliseconds));
	await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
	return undefined;
}
