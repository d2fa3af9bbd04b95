import type {
	AfterAttempt,
	Claim,
	ClaimedDelivery,
	Delivery,
	DeliveryAttempt,
	DeliveryStore,
} from '../webhooks/delivery';
import type { StoredEvent } from '../webhooks/event';
import type { Subscription } from '../webhooks/subscription';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';
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

/**
 * Of each subscription what is due, as many as it may still have under way, and of each key only the
 * first that is not over; one at a time while its receiver is away. What lost its process goes
 * first: somebody may wait for it. After Postgres was away its owner has a moment to say what came of
 * it, for a lease that ran out meanwhile could not be renewed.
 */
const claimSql = `
	with lost as (
		select webhook_deliveries.id from webhook_deliveries
		where webhook_deliveries.state = 'delivering'
			and webhook_deliveries.lease_expires_at <= clock_timestamp()
			and pg_postmaster_start_time() <= clock_timestamp() - interval '5 seconds'
		limit $4 for update skip locked
	), due as (
		select candidate.id from webhook_subscriptions
		cross join lateral (
			select webhook_deliveries.id from webhook_deliveries
			where webhook_deliveries.subscription_id = webhook_subscriptions.id
				and webhook_deliveries.state = 'pending'
				and webhook_deliveries.next_attempt_at <= $3
				and (webhook_deliveries.ordering_key is null or not exists (
					select from webhook_deliveries earlier
					where earlier.subscription_id = webhook_deliveries.subscription_id
						and earlier.ordering_key = webhook_deliveries.ordering_key
						and earlier.state in ('pending', 'delivering')
						and earlier.event_position < webhook_deliveries.event_position))
			order by webhook_deliveries.next_attempt_at, webhook_deliveries.event_position
			limit least($4, greatest(0, case when webhook_subscriptions.silent > 0 then 1
				else webhook_subscriptions.concurrency end - (
				select count(*) from webhook_deliveries under_way
				where under_way.subscription_id = webhook_subscriptions.id
					and under_way.state = 'delivering')))
			for update of webhook_deliveries skip locked
		) candidate
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
	from chosen where webhook_deliveries.id = chosen.id
	returning ${deliveryColumns}, webhook_deliveries.fence,
		webhook_deliveries.round_attempts as "roundAttempts",
		webhook_deliveries.subscription_id as "subscriptionId"`;

export async function renewDeliveries(
	db: Queryable,
	claims: readonly Claim[],
	ttlMs: number,
): Promise<void> {
	await db.query(
		`update webhook_deliveries
		set lease_expires_at = clock_timestamp() + $3 * interval '1 millisecond'
		from unnest($1::uuid[], $2::bigint[]) as claim (id, fence)
		where webhook_deliveries.id = claim.id and webhook_deliveries.fence = claim.fence
			and webhook_deliveries.state = 'delivering'`,
		[claims.map(({ id }) => id), claims.map(({ fence }) => fence), ttlMs],
	);
}

export async function settleDelivery(
	db: Queryable,
	{ id, fence }: Claim,
	attempt: DeliveryAttempt,
	after: AfterAttempt,
	now: Date,
): Promise<boolean> {
	const { rowCount } = await db.query(settleSql, [
		id,
		fence,
		after.state,
		after.state === 'pending' ? after.at : null,
		after.state === 'dead' ? after.letterId : null,
		attempt.number,
		attempt.startedAt,
		Math.round(attempt.durationMs),
		attempt.status,
		storedText(attempt.error),
		storedText(attempt.answer),
		now,
		after.state !== 'delivered' && after.silent === true ? firstHoldMs : null,
		longestHoldMs,
		attempt.inDoubt ?? false,
	]);
	return rowCount === 1;
}

/** While a receiver gives no answer at all it is asked ever less often: once in these. */
const firstHoldMs = 500;
const longestHoldMs = 15_000;

const settleSql = `
	with settled as (
		update webhook_deliveries set state = $3, next_attempt_at = $4,
			letter_id = coalesce($5, webhook_deliveries.letter_id), attempts = $6,
			round_attempts = webhook_deliveries.round_attempts + 1, last_status = $9,
			in_doubt = webhook_deliveries.in_doubt + case when $15 then 1 else 0 end,
			last_error = $10, lease_owner = null, lease_expires_at = null, updated_at = $12
		where webhook_deliveries.id = $1 and webhook_deliveries.fence = $2
			and webhook_deliveries.state = 'delivering'
		returning webhook_deliveries.id, webhook_deliveries.subscription_id
	), receiver as (
		update webhook_subscriptions set
			silent = case when $13::integer is null then 0 else webhook_subscriptions.silent + 1 end,
			held_until = case when $13::integer is not null then
				$12::timestamptz + least($13::double precision * power(2, least(webhook_subscriptions.silent, 20)),
				$14::double precision) * interval '1 millisecond' end
		from settled
		where webhook_subscriptions.id = settled.subscription_id
			and ($13::integer is not null or webhook_subscriptions.silent > 0)
	)
	insert into webhook_attempts (delivery_id, number, started_at, duration_ms, status, error, answer)
	select settled.id, $6, $7, $8, $9, $10, $11 from settled
	on conflict (delivery_id, number) do nothing`;
