/** The only source of the current time. Tests pass one they can move. */
export interface Clock {
	now(): Date;
	/** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted first. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => new Date(),
	// Most sleeps are cut short, and an error made for each, as node:timers/promises does, is dear.
	sleep: async (ms, signal) => {
		signal?.throwIfAborted();
		await new Promise<void>((resolve, reject) => {
			const stop = () => {
				clearTimeout(timer);
				reject(signal?.reason as Error);
			};
			const timer = setTimeout(() => {
				signal?.removeEventListener('abort', stop);
				resolve();
			}, ms);
			signal?.addEventListener('abort', stop, { once: true });
		});
	},
};
