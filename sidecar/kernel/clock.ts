import { setTimeout as delay } from 'node:timers/promises';

/** The only source of the current time. Tests pass one they can move. */
export interface Clock {
	now(): Date;
	/** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted first. */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => new Date(),
	sleep: async (ms, signal) => {
		await delay(ms, undefined, signal ? { signal } : {});
	},
};
