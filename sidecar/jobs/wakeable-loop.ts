import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';

/** Works in rounds, and rests between them until it is woken or its time has come. */
export interface WakeableLoop {
	/** There may be something to do right now; what is said during a round counts for the next. */
	wake(): void;
	/** Resolves when it was stopped and its last round is over. */
	run(): Promise<void>;
}

export interface LoopOptions {
	/** @returns milliseconds of rest after it; 0: there is more to do at once */
	round(): Promise<number>;
	/** Of a round that failed, and the longest there is. */
	restMs: number;
	stopping: AbortSignal;
	clock: Clock;
	log: Log;
	/** What was done in vain and what is done again, for the log; each is told once. */
	says: { trouble: string; over: string };
}

export function wakeableLoop(options: LoopOptions): WakeableLoop {
	const { clock, log, stopping, restMs, says } = options;
	let woken = new AbortController();
	let inTrouble = false;
	const rest = async (ms: number) => {
		const either = AbortSignal.any([woken.signal, stopping]);
		await clock.sleep(Math.min(ms, restMs), either).catch(() => undefined);
	};
	const round = async (): Promise<number> => {
		try {
			const ms = await options.round();
			if (inTrouble) log.info({}, says.over);
			inTrouble = false;
			return ms;
		} catch (error) {
			if (!inTrouble) log.warn({ err: error }, says.trouble);
			inTrouble = true;
			return restMs;
		}
	};
	return {
		wake: () => woken.abort('woken'),
		run: async () => {
			while (!stopping.aborted) {
				woken = new AbortController();
				const ms = await round();
				if (ms > 0) await rest(ms);
			}
		},
	};
}
