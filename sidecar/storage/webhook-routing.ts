import { newId } from '../kernel/ids';
import type { DeliveryStore } from '../webhooks/delivery';
import type { EventSummary } from '../webhooks/event';
import type { Subscription } from '../webhooks/subscription';
import { tryLockInTransaction } from './advisory-lock';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';
import { eventColumns, findEvent } from './webhook-event-store';
import { listSubscriptions } from './webhook-subscription-store';

/** One process at a time, so that deliveries are made in the order in which events arrived. */
export async function routeArrivals(
	pool: Pool,
	...[choose, limit, now]: Parameters<DeliveryStore['route']>
): Promise<number | null> {
	// Asked first without a transaction: mostly there is nothing. By the index, past those that are gone.
	const { rows } = await pool.query(
		'select from webhook_arrivals order by webhook_arrivals.position limit 1',
	);
	if (rows.length === 0) return 0;
	return await transaction(pool, async (tx) => {
		if (!(await tryLockInTransaction(tx, 'webhookRouting'))) return null;
		const arrived = await tx.query<EventSummary>(arrivedSql, [limit], 'arrived_events');
		const events = arrived.rows;
		if (events.length === 0) return 0;
		const subscriptions = Map.groupBy(
			await listSubscriptions(tx, null),
			({ endpoint }) => endpoint,
		);
		const made: Array<{ event: EventSummary; subscription: Subscription }> = [];
		for (const event of events) {
			const chosen = await choose(event, subscriptions.get(event.endpoint) ?? [], async () => {
				const stored = await findEvent(tx, event.id);
				if (!stored) throw new Error(`event ${event.id} arrived and is not there`);
				return stored;
			});
			for (const subscription of chosen) made.push({ event, subscription });
		}
		await makeDeliveries(tx, made, now);
		await tx.query(
			`delete from webhook_arrivals where webhook_arrivals.position = any ($1)`,
			[events.map(({ position }) => position)],
			'forget_arrivals',
		);
		return events.length;
	});
}

// Event by event: joined as a whole, all events that are kept would be read for the few that arrived.
export const arrivedSql = `
	with arrived as materialized (
		select webhook_arrivals.position from webhook_arrivals
		order by webhook_arrivals.position limit $1
	)
	select ${eventColumns}, null as "routedAt" from arrived
	cross join lateral (
		select * from webhook_events where webhook_events.position = arrived.position offset 0
	) webhook_events
	order by webhook_events.position`;

/** One that is there already stays as it is. */
export async function makeDeliveries(
	tx: Queryable,
	made: ReadonlyArray<{ event: EventSummary; subscription: Subscription }>,
	now: Date,
): Promise<number> {
	if (made.length === 0) return 0;
	const { rowCount } = await tx.query(
		`insert into webhook_deliveries (id, event_id, event_position, event_type, endpoint,
			subscription_id, subscription, ordering_key, state, next_attempt_at, created_at, updated_at)
		select made.*, 'pending', $9::timestamptz, $9::timestamptz, $9::timestamptz
		from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::uuid[],
			$7::text[], $8::text[]) as made
		on conflict (event_id, subscription_id) do nothing`,
		[
			made.map(() => newId()),
			made.map(({ event }) => event.id),
			made.map(({ event }) => event.position),
			made.map(({ event }) => event.type),
			made.map(({ event }) => event.endpoint),
			made.map(({ subscription }) => subscription.id),
			made.map(({ subscription }) => subscription.name),
			made.map(({ event, subscription }) => (subscription.ordered ? event.orderingKey : null)),
			now,
		],
		'make_deliveries',
	);
	return rowCount;
}
