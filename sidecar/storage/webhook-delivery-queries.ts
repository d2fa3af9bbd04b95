import type { Delivery, DeliveryAttempt, DeliveryStore } from '../webhooks/delivery';
import type { Queryable } from './queryable';

export const deliveryColumns = `webhook_deliveries.id, webhook_deliveries.event_id as "eventId",
	webhook_deliveries.event_position as "eventPosition",
	webhook_deliveries.event_type as "eventType", webhook_deliveries.endpoint,
	webhook_deliveries.subscription, webhook_deliveries.state,
	webhook_deliveries.ordering_key as "orderingKey", webhook_deliveries.attempts,
	webhook_deliveries.in_doubt as "inDoubt",
	webhook_deliveries.next_attempt_at as "nextAttemptAt",
	webhook_deliveries.last_status as "lastStatus",
	webhook_deliveries.last_error as "lastError", webhook_deliveries.letter_id as "letterId",
	webhook_deliveries.created_at as "createdAt", webhook_deliveries.updated_at as "updatedAt"`;

export async function findDelivery(db: Queryable, id: string): Promise<Delivery | null> {
	const { rows } = await db.query<Delivery>(
		`select ${deliveryColumns} from webhook_deliveries where webhook_deliveries.id = $1`,
		[id],
	);
	return rows[0] ?? null;
}

export async function listDeliveries(
	db: Queryable,
	...[{ endpoint, subscription, state, eventId, eventType, inDoubt }, page]: Parameters<
		DeliveryStore['list']
	>
): Promise<Delivery[]> {
	const { rows } = await db.query<Delivery>(
		`select ${deliveryColumns} from webhook_deliveries
		where ($1::text is null or webhook_deliveries.endpoint = $1)
			and ($2::text is null or webhook_deliveries.subscription = $2)
			and ($3::text is null or webhook_deliveries.state = $3)
			and ($4::uuid is null or webhook_deliveries.event_id = $4)
			and ($5::text is null or webhook_deliveries.event_type = $5)
			and ($6::bigint is null
				or (webhook_deliveries.event_position, webhook_deliveries.id) < ($6, $7::uuid))
			and ($9::boolean is null or (webhook_deliveries.in_doubt > 0) = $9)
		order by webhook_deliveries.event_position desc, webhook_deliveries.id desc limit $8`,
		[
			endpoint ?? null,
			subscription ?? null,
			state ?? null,
			eventId ?? null,
			eventType ?? null,
			page.after?.position ?? null,
			page.after?.id ?? null,
			page.limit,
			inDoubt ?? null,
		],
	);
	return rows;
}

export async function attemptsOf(db: Queryable, id: string): Promise<DeliveryAttempt[]> {
	const { rows } = await db.query<DeliveryAttempt>(
		`select webhook_attempts.number, webhook_attempts.started_at as "startedAt",
			webhook_attempts.duration_ms as "durationMs", webhook_attempts.status,
			webhook_attempts.error, webhook_attempts.answer
		from webhook_attempts where webhook_attempts.delivery_id = $1
		order by webhook_attempts.number`,
		[id],
	);
	return rows;
}

const isPending = `webhook_deliveries.subscription_id = webhook_subscriptions.id
	and webhook_deliveries.state = 'pending'`;

export async function nextDueAt(db: Queryable): Promise<Date | null> {
	const { rows } = await db.query<{ at: Date | null }>(
		`select min(greatest(next.at, webhook_subscriptions.held_until)) as at
		from webhook_subscriptions
		cross join lateral (
			select least(
				(select min(webhook_deliveries.next_attempt_at) from webhook_deliveries
				where ${isPending} and webhook_deliveries.ordering_key is null),
				(select min(webhook_deliveries.next_attempt_at) from webhook_deliveries
				where ${isPending} and webhook_deliveries.ordering_key is not null)) as at
		) next
		where not webhook_subscriptions.paused`,
	);
	return rows[0]?.at ?? null;
}

/** Each part has an index of its own. */
const openDeliveries = [
	`webhook_deliveries.state = 'pending' and webhook_deliveries.ordering_key is null`,
	`webhook_deliveries.state = 'pending' and webhook_deliveries.ordering_key is not null`,
	`webhook_deliveries.state = 'delivering'`,
	`webhook_deliveries.state = 'dead'`,
]
	.map(
		(which) => `select webhook_deliveries.endpoint, webhook_deliveries.state
		from webhook_deliveries where ${which}`,
	)
	.join(' union all ');

/** What is over is not counted: there may be millions. */
export async function countDeliveries(db: Queryable): ReturnType<DeliveryStore['count']> {
	const { rows } = await db.query<Awaited<ReturnType<DeliveryStore['count']>>[number]>(
		`select open.endpoint, open.state, count(*)::integer as deliveries
		from (${openDeliveries}) as open
		group by 1, 2`,
	);
	return rows;
}

export async function countArrivals(db: Queryable): Promise<number> {
	const { rows } = await db.query<{ events: number }>(
		'select count(*)::integer as events from webhook_arrivals',
	);
	return rows[0]?.events ?? 0;
}
