import type { Clock } from '../../sidecar/kernel/clock';

export interface MovingClock extends Clock {
	/** Lets time pass; whoever sleeps that long wakes up. */
	pass(ms: number): void;
}

/** A clock that stands still until it is moved. */
export function movingClock(start = '2031-04-01T12:00:00.000Z'): MovingClock {
	let now = Date.parse(start);
	const sleepers = new Set<{ until: number; wake: () => void }>();
	return {
		now: () => new Date(now),
		sleep: (ms, signal) =>
			new Promise((resolve, reject) => {
				const sleeper = { until: now + ms, wake: resolve };
				sleepers.add(sleeper);
				signal?.addEventListener('abort', () => {
					sleepers.delete(sleeper);
					reject(signal.reason as Error);
				});
			}),
		pass: (ms) => {
			now += ms;
			for (const sleeper of sleepers) {
				if (sleeper.until > now) continue;
				sleepers.delete(sleeper);
				sleeper.wake();
			}
		},
	};
}
