/** Work that comes back by the clock and is done by one process of the fleet at a time. */
export interface Job {
	name: string;
	/** Pause between two starts, in seconds: 1 to 59, or a multiple of 60. */
	everySeconds: number;
	/**
	 * What it throws is logged; the next round comes all the same.
	 * @param stopping aborted when the sidecar stops, which waits for the round
	 */
	run(stopping?: AbortSignal): Promise<void>;
}

/** Six fields, as node-cron takes them; never less often than asked for. */
export function cronOf(everySeconds: number): string {
	return everySeconds < 60
		? `*/${everySeconds} * * * * *`
		: `0 */${Math.floor(everySeconds / 60)} * * * *`;
}
