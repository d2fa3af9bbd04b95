import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';
import type { DeliveryStore } from '../webhooks/delivery';
import { routeEvent } from '../webhooks/route-event';
import { wakeableLoop } from './wakeable-loop';

export interface RouterDependencies {
	deliveries: Pick<DeliveryStore, 'route'>;
	clock: Clock;
	log: Log;
	/** There may be new deliveries. */
	onRouted(): void;
}

/** Makes deliveries of what was taken in. Every process has one; one at a time works. */
export interface EventRouter {
	/** Something was taken in. */
	nudge(): void;
	start(): void;
	stop(): Promise<void>;
}

/** By one transaction. */
export const mostRouted = 2_000;
/** Where another process took something in and died. */
export const routeEveryMs = 1_000;
/** More than these in one round is a busy time. */
const fewRouted = 10;
const gatherAtMostMs = 250;

export function createEventRouter(dependencies: RouterDependencies): EventRouter {
	const { deliveries, clock, log, onRouted } = dependencies;
	const stopping = new AbortController();
	let running: Promise<void> | null = null;
	const round = async (): Promise<number> => {
		const routed = await deliveries.route(routeEvent, mostRouted, clock.now());
		// Null: another process is at it, and may have more than it can deliver.
		if (routed !== 0) onRouted();
		if (routed === mostRouted) return 0;
		if (routed === null || routed <= fewRouted) return routeEveryMs;
		// Many at once cost hardly more than one, and those who send wait for the same processors: the
		// busier it is, the more are left to gather.
		await clock.sleep(Math.min(routed, gatherAtMostMs), stopping.signal).catch(() => undefined);
		return 0;
	};
	const loop = wakeableLoop({
		round,
		restMs: routeEveryMs,
		stopping: stopping.signal,
		clock,
		log,
		says: {
			trouble: 'events cannot be handed to their subscriptions now; nothing is lost',
			over: 'events are handed to their subscriptions again',
		},
	});
	return {
		nudge: loop.wake,
		start: () => {
			running ??= loop.run();
		},
		stop: async () => {
			stopping.abort();
			await running;
		},
	};
}
