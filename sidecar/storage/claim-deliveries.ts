import type { ClaimedDelivery, Delivery, DeliveryStore } from '../webhooks/delivery';
import type { StoredEvent } from '../webhooks/event';
import type { Subscription } from '../webhooks/subscription';
import type { Queryable } from './queryable';
import { deliveryColumns } from './webhook-delivery-queries';
import { eventColumns } from './webhook-event-store';
import { listSubscriptions } from './webhook-subscription-store';

type ClaimedRow = Delivery & { fence: number; roundAttempts: number; subscriptionId: string };

export async function claimDeliveries(
	db: Queryable,
	...[lease, now, limit]: Parameters<DeliveryStore['claim']>
): Promise<ClaimedDelivery[]> {
	const { rows } = await db.query<ClaimedRow>(
		claimSql,
		[lease.owner, lease.ttlMs, now, limit],
		'claim_deliveries',
	);
	if (rows.length === 0) return [];
	const subscriptions = new Map((await listSubscriptions(db, null)).map((each) => [each.id, each]));
	const events = await eventsOf(db, rows);
	return rows
		.toSorted((one, other) => one.eventPosition - other.eventPosition)
		.flatMap(({ subscriptionId, ...delivery }) => {
			const event = events.get(delivery.eventId);
			const subscription: Subscription | undefined = subscriptions.get(subscriptionId);
			// Its subscription went a moment ago, and the delivery with it.
			return event && subscription ? [{ delivery, event, subscription }] : [];
		});
}

async function eventsOf(db: Queryable, rows: ClaimedRow[]): Promise<Map<string, StoredEvent>> {
	const found = await db.query<StoredEvent>(
		`select ${eventColumns}, webhook_events.received_at as "routedAt", webhook_events.method,
			webhook_events.query, webhook_events.headers, webhook_events.body
		from webhook_events where webhook_events.id = any ($1)`,
		[rows.map(({ eventId }) => eventId)],
	);
	return new Map(found.rows.map((event) => [event.id, event]));
}

const isOpen = `webhook_deliveries.subscription_id = webhook_subscriptions.id
	and webhook_deliveries.ordering_key is not null
	and webhook_deliveries.state in ('pending', 'delivering')`;
const isDue = `webhook_deliveries.subscription_id = webhook_subscriptions.id
	and webhook_deliveries.state = 'pending' and webhook_deliveries.next_attempt_at <= $3`;

/** So many of those that are due and have a key, the oldest, are looked at one by one. */
const looked = '(select 4 * room.free from room)';

/**
 * What of a subscription may be sent now: all without a key, and of each key the first that is not
 * over. After an outage the oldest that are due may all wait behind such a first one: then it goes
 * from key to key, for there are fewer keys than deliveries. What another process is taking is left to it.
 */
const readySql = `
	with recursive room as materialized (
		select least($4, greatest(0, case when webhook_subscriptions.silent > 0 then 1
			else webhook_subscriptions.concurrency end - (
			select count(*) from webhook_deliveries
			where webhook_deliveries.subscription_id = webhook_subscriptions.id
				and webhook_deliveries.state = 'delivering'))) as free
	), loose as materialized (
		select webhook_deliveries.id, webhook_deliveries.next_attempt_at,
			webhook_deliveries.event_position
		from webhook_deliveries where ${isDue} and webhook_deliveries.ordering_key is null
		order by webhook_deliveries.next_attempt_at, webhook_deliveries.event_position
		limit (select room.free from room) for update skip locked
	), front as materialized (
		select webhook_deliveries.* from webhook_deliveries
		where ${isDue} and webhook_deliveries.ordering_key is not null
		order by webhook_deliveries.next_attempt_at, webhook_deliveries.event_position
		limit ${looked}
	), firsts as materialized (
		select front.* from front
		where front.event_position = (select min(webhook_deliveries.event_position)
			from webhook_deliveries
			where ${isOpen} and webhook_deliveries.ordering_key = front.ordering_key)
	), heads as (
		(select webhook_deliveries.* from webhook_deliveries
		where ${isOpen} and (select count(*) from front) = ${looked}
			and (select count(*) from firsts) < (select room.free from room)
		order by webhook_deliveries.ordering_key, webhook_deliveries.event_position limit 1)
		union all
		select later.* from heads cross join lateral (
			select webhook_deliveries.* from webhook_deliveries
			where ${isOpen} and webhook_deliveries.ordering_key > heads.ordering_key
			order by webhook_deliveries.ordering_key, webhook_deliveries.event_position limit 1
		) later
	), ready as (
		select loose.id, loose.next_attempt_at, loose.event_position from loose
		union
		select firsts.id, firsts.next_attempt_at, firsts.event_position from firsts
		union
		select heads.id, heads.next_attempt_at, heads.event_position from heads
		where heads.state = 'pending' and heads.next_attempt_at <= $3
	)
	select webhook_deliveries.id from ready
	join webhook_deliveries on webhook_deliveries.id = ready.id
	where webhook_deliveries.state = 'pending'
	order by ready.next_attempt_at, ready.event_position
	limit (select room.free from room) for update of webhook_deliveries skip locked`;

/**
 * Of each subscription what is ready, as many as it may still have under way; one at a time while its
 * receiver is away. What lost its process goes first: somebody may wait for it. After Postgres was away
 * its owner has a moment to say what came of it, for a lease that ran out meanwhile could not be renewed.
 */
const claimSql = `
	with lost as (
		select webhook_deliveries.id from webhook_deliveries
		where webhook_deliveries.state = 'delivering'
			and webhook_deliveries.lease_expires_at <= statement_timestamp()
			and pg_postmaster_start_time() <= clock_timestamp() - interval '5 seconds'
		limit $4 for update skip locked
	), due as (
		select candidate.id from webhook_subscriptions
		cross join lateral (${readySql}) candidate
		where not webhook_subscriptions.paused
			and (webhook_subscriptions.held_until is null or webhook_subscriptions.held_until <= $3)
		limit $4
	), chosen as (
		select lost.id from lost union all select due.id from due limit $4
	)
	update webhook_deliveries set state = 'delivering', lease_owner = $1,
		lease_expires_at = clock_timestamp() + $2 * interval '1 millisecond',
		in_doubt = webhook_deliveries.in_doubt
			+ case when webhook_deliveries.state = 'delivering' then 1 else 0 end,
		fence = webhook_deliveries.fence + 1, next_attempt_at = null, updated_at = $3
	where webhook_deliveries.id = any (array(select chosen.id from chosen))
	returning ${deliveryColumns}, webhook_deliveries.fence,
		webhook_deliveries.round_attempts as "roundAttempts",
		webhook_deliveries.subscription_id as "subscriptionId"`;
