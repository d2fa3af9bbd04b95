import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';
import { deliver, type DeliverPorts } from '../webhooks/deliver';
import type { ClaimedDelivery, DeliveryStore } from '../webhooks/delivery';
import { wakeableLoop } from './wakeable-loop';

export type DispatcherDependencies = DeliverPorts & {
	deliveries: DeliveryStore;
	clock: Clock;
	log: Log;
	/** Names this process in leases. */
	owner: string;
	/** Milliseconds from the arrival of an event to the first attempt of a delivery. */
	onLag(milliseconds: number): void;
};

/** Makes the attempts of deliveries. Every process has one; they share the work. */
export interface WebhookDispatcher {
	/** There may be something to do right now. */
	nudge(): void;
	start(): void;
	/** Takes nothing more and waits a little for what is under way; another process takes over the rest. */
	stop(): Promise<void>;
}

/** Deliveries of this process that are under way at once. */
const mostUnderWay = 50;
/** Where another process died, or a retry of its is due. */
export const lookEveryMs = 1_000;
export const leaseMs = 15_000;
const stopWithinMs = 5_000;

export function createWebhookDispatcher(dependencies: DispatcherDependencies): WebhookDispatcher {
	const { clock, log, deliveries } = dependencies;
	const underWay = new Map<ClaimedDelivery, Promise<void>>();
	const stopping = new AbortController();
	let running: Promise<void> | null = null;

	const one = async (claimed: ClaimedDelivery) => {
		const { delivery, event } = claimed;
		if (delivery.attempts === 0) {
			dependencies.onLag(clock.now().getTime() - event.receivedAt.getTime());
		}
		try {
			const kept = await deliver(dependencies, claimed);
			if (!kept) log.info({ delivery: delivery.id }, 'another process has this delivery by now');
		} catch (error) {
			log.error(
				{ delivery: delivery.id, err: error },
				'a delivery is tried again when its lease ends',
			);
		} finally {
			underWay.delete(claimed);
			loop.wake();
		}
	};
	const round = async (): Promise<number> => {
		const free = mostUnderWay - underWay.size;
		const lease = { owner: dependencies.owner, ttlMs: leaseMs };
		const claimed = free > 0 ? await deliveries.claim(lease, clock.now(), free) : [];
		for (const each of claimed) underWay.set(each, one(each));
		if (claimed.length > 0 && claimed.length === free) return 0;
		const due = underWay.size < mostUnderWay ? await deliveries.nextDueAt() : null;
		const ms = due === null ? lookEveryMs : due.getTime() - clock.now().getTime();
		// What is due and was not taken waits for its turn in a line, which ends with a nudge.
		return ms <= 0 ? lookEveryMs : ms;
	};
	const loop = wakeableLoop({
		round,
		restMs: lookEveryMs,
		stopping: stopping.signal,
		clock,
		log,
		says: {
			trouble: 'webhooks cannot be delivered now; nothing is lost',
			over: 'webhooks are delivered again',
		},
	});
	const keepLeases = async (): Promise<void> => {
		while (!stopping.signal.aborted) {
			await clock.sleep(leaseMs / 3, stopping.signal).catch(() => undefined);
			const claims = [...underWay.keys()].map(({ delivery }) => delivery);
			// A missed renewal is made up by the next one.
			if (claims.length > 0) await deliveries.renew(claims, leaseMs).catch(() => undefined);
		}
	};
	return {
		nudge: loop.wake,
		start: () => {
			running ??= Promise.all([loop.run(), keepLeases()]).then(() => undefined);
		},
		stop: async () => {
			stopping.abort();
			await running;
			const enough = new AbortController();
			const patience = clock.sleep(stopWithinMs, enough.signal).catch(() => undefined);
			await Promise.race([Promise.all(underWay.values()), patience]);
			enough.abort();
		},
	};
}
