import { setTimeout as pause } from 'node:timers/promises';

export interface UntilOptions {
	/** Milliseconds before giving up. Default 30 000. */
	deadlineMs?: number;
	/** Milliseconds between two looks. Default 100. */
	everyMs?: number;
	/** What to add to the error, asked only when the time is up. */
	explain?: () => string;
}

/**
 * Looks again and again until `probe` gives something other than undefined, and returns that.
 * An error thrown by the probe ends it at once. Throws when the deadline has passed.
 */
export async function until<T>(
	what: string,
	probe: () => Promise<T | undefined> | T | undefined,
	{ deadlineMs = 30_000, everyMs = 100, explain }: UntilOptions = {},
): Promise<T> {
	const started = performance.now();
	for (;;) {
		const found = await probe();
		if (found !== undefined) return found;
		if (performance.now() - started > deadlineMs) {
			const more = explain === undefined ? '' : `\n${explain()}`;
			throw new Error(`Waited ${deadlineMs} ms in vain for ${what}.${more}`);
		}
		await pause(everyMs);
	}
}
