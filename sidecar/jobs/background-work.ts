import type { Log } from '../monitoring/log';

/** Work that outlives the request that began it. */
export interface BackgroundWork {
	/** What goes wrong in it is logged; its lease lets another process take over. */
	track(work: Promise<unknown>): void;
	/** Resolves when none is under way. */
	settled(): Promise<void>;
}

export function createBackgroundWork(log: Log): BackgroundWork {
	const underWay = new Set<Promise<unknown>>();
	return {
		track: (work) => {
			const guarded: Promise<unknown> = work
				.catch((error: unknown) => {
					log.error({ err: error }, 'background work failed');
				})
				.finally(() => underWay.delete(guarded));
			underWay.add(guarded);
		},
		settled: async () => {
			while (underWay.size > 0) await Promise.all(underWay);
		},
	};
}
