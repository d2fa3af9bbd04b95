import type { EventSummary, StoredEvent } from './event';
import type { Subscription } from './subscription';

export const deliveryStates = ['pending', 'delivering', 'delivered', 'dead', 'discarded'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export interface Delivery {
	id: string;
	eventId: string;
	eventPosition: number;
	eventType: string;
	endpoint: string;
	subscription: string;
	state: DeliveryState;
	orderingKey: string | null;
	attempts: number;
	/** Attempts of which nobody knows whether the receiver took them. */
	inDoubt: number;
	nextAttemptAt: Date | null;
	lastStatus: number | null;
	lastError: string | null;
	letterId: string | null;
	createdAt: Date;
	updatedAt: Date;
}

export interface DeliveryAttempt {
	number: number;
	startedAt: Date;
	durationMs: number;
	status: number | null;
	error: string | null;
	/** Cut off. */
	answer: string | null;
	/** The receiver may have taken it though it gave no answer. Default false. */
	inDoubt?: boolean;
}

/** One attempt to make, held by its fence. */
export interface ClaimedDelivery {
	delivery: Delivery & { fence: number; roundAttempts: number };
	event: StoredEvent;
	subscription: Subscription;
}

/** What tells one claim on a delivery from a later one. */
export interface Claim {
	id: string;
	fence: number;
}

/** Where an attempt leaves its delivery. */
export type AfterAttempt =
	| { state: 'delivered' }
	/** silent: nothing came of it that says anything of this one alone, so that others can wait as well. */
	| { state: 'pending'; at: Date; silent?: boolean }
	| { state: 'dead'; letterId: string | null; silent?: boolean };

export interface DeliveryFilter {
	endpoint?: string;
	subscription?: string;
	state?: DeliveryState;
	eventId?: string;
	eventType?: string;
	/** Those that a receiver may have taken more than once. */
	inDoubt?: boolean;
}

export interface DeliveryCursor {
	position: number;
	id: string;
}

export interface RedeliveryFilter {
	endpoint: string;
	from: Date;
	to: Date;
	/** Null: all types. */
	events: string[] | null;
	subscription: string | null;
	state: 'dead' | 'delivered' | 'all';
}

/** Which subscriptions get an event. @param load gives the whole event, asked for only when needed */
export type RouteEvent = (
	event: EventSummary,
	subscriptions: readonly Subscription[],
	load: () => Promise<StoredEvent>,
) => Promise<Subscription[]>;

/** Port. Storage implements it; leases use the database's clock. */
export interface DeliveryStore {
	/**
	 * Makes the deliveries of events that arrived, in the order of their arrival, exactly once each.
	 * One process of the fleet does it at a time.
	 * @returns how many events; null when another process is at it
	 */
	route(choose: RouteEvent, limit: number, now: Date): Promise<number | null>;
	/** Takes what is due and may go, or lost its process. */
	claim(
		lease: { owner: string; ttlMs: number },
		now: Date,
		limit: number,
	): Promise<ClaimedDelivery[]>;
	/** Prolongs leases; those that were lost stay lost. */
	renew(claims: ReadonlyArray<Claim>, ttlMs: number): Promise<void>;
	/** False: another process has it by now, and nothing was kept. */
	settle(claim: Claim, attempt: DeliveryAttempt, after: AfterAttempt, now: Date): Promise<boolean>;
	/** When the next attempt is due; null: none is. */
	nextDueAt(): Promise<Date | null>;

	find(id: string): Promise<Delivery | null>;
	/** Newest event first. */
	list(
		filter: DeliveryFilter,
		page: { limit: number; after: DeliveryCursor | null },
	): Promise<Delivery[]>;
	/** Oldest first. */
	attemptsOf(id: string): Promise<DeliveryAttempt[]>;
	/** What is over is pending again, what an event lacks is made. @returns how many are pending now */
	redeliver(
		event: EventSummary,
		subscriptions: readonly Subscription[],
		now: Date,
	): Promise<number>;
	/** @returns how many are pending now */
	redeliverRange(filter: RedeliveryFilter, now: Date): Promise<number>;
	/** Not settled, for metrics. */
	count(): Promise<Array<{ endpoint: string; state: DeliveryState; deliveries: number }>>;
	/** Events not handed to their subscriptions yet. */
	countArrivals(): Promise<number>;
}
