import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';
import { deliver, type DeliverPorts } from '../webhooks/deliver';
import type { ClaimedDelivery, DeliveryStore } from '../webhooks/delivery';
import { routeEvent } from '../webhooks/route-event';

export type DispatcherDependencies = DeliverPorts & {
	deliveries: DeliveryStore;
	clock: Clock;
	log: Log;
	/** Names this process in leases. */
	owner: string;
	/** Milliseconds from the arrival of an event to the first attempt of a delivery. */
	onLag(milliseconds: number): void;
};

/** Hands events on. Every process has one; they share the work. */
export interface WebhookDispatcher {
	/** There may be something to do right now. */
	nudge(): void;
	start(): void;
	/** Takes nothing more and waits a little for what is under way; another process takes over the rest. */
	stop(): Promise<void>;
}

/** Deliveries of this process that are under way at once. */
const mostUnderWay = 50;
/** Events routed by one transaction. */
const mostRouted = 500;
/** Where another process took something in and died, or a retry of another process is due. */
export const lookEveryMs = 1_000;
/** More than these in one round is a busy time. */
const fewRouted = 10;
const gatherMs = 20;
export const leaseMs = 15_000;
const stopWithinMs = 5_000;

export function createWebhookDispatcher(dependencies: DispatcherDependencies): WebhookDispatcher {
	const { clock, log, deliveries } = dependencies;
	const underWay = new Map<ClaimedDelivery, Promise<void>>();
	const stopping = new AbortController();
	let wake = new AbortController();
	let running: Promise<void> | null = null;
	let inTrouble = false;
	const nudge = () => wake.abort('nudge');

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
			nudge();
		}
	};
	/** @returns whether there may be more to do at once */
	const round = async (): Promise<boolean> => {
		const routed = await deliveries.route(routeEvent, mostRouted, clock.now());
		const free = mostUnderWay - underWay.size;
		const lease = { owner: dependencies.owner, ttlMs: leaseMs };
		const claimed = free > 0 ? await deliveries.claim(lease, clock.now(), free) : [];
		for (const each of claimed) underWay.set(each, one(each));
		// Many at once cost hardly more than one: under load a moment is given for more to come.
		if (routed !== null && routed > fewRouted) await clock.sleep(gatherMs);
		return routed === mostRouted || (claimed.length > 0 && claimed.length === free);
	};
	const work = async (): Promise<void> => {
		while (!stopping.signal.aborted) {
			wake = new AbortController();
			try {
				if (await round()) continue;
				if (inTrouble) log.info({}, 'webhooks are delivered again');
				inTrouble = false;
				await restUntil(await deliveries.nextDueAt());
			} catch (error) {
				if (!inTrouble)
					log.warn({ err: error }, 'webhooks cannot be delivered now; nothing is lost');
				inTrouble = true;
				await rest(lookEveryMs);
			}
		}
	};
	const rest = async (ms: number) => {
		const signal = AbortSignal.any([wake.signal, stopping.signal]);
		await clock.sleep(ms, signal).catch(() => undefined);
	};
	const restUntil = async (due: Date | null) => {
		const full = underWay.size >= mostUnderWay;
		const ms = due === null || full ? lookEveryMs : due.getTime() - clock.now().getTime();
		// What is due and was not taken waits for its turn in a line, which ends with a nudge.
		await rest(ms <= 0 ? lookEveryMs : Math.min(ms, lookEveryMs));
	};
	const keepLeases = async (): Promise<void> => {
		while (!stopping.signal.aborted) {
			await clock.sleep(leaseMs / 3, stopping.signal).catch(() => undefined);
			const claims = [...underWay.keys()].map(({ delivery }) => delivery);
			// A missed renewal is made up by the next one.
			if (claims.length > 0) await deliveries.renew(claims, leaseMs).catch(() => undefined);
		}
	};
	return {
		nudge,
		start: () => {
			running ??= Promise.all([work(), keepLeases()]).then(() => undefined);
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
