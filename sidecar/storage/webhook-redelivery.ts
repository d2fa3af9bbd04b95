import type { DeliveryStore } from '../webhooks/delivery';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';
import { makeDeliveries } from './webhook-routing';

export async function redeliverEvent(
	pool: Pool,
	...[event, subscriptions, now]: Parameters<DeliveryStore['redeliver']>
): Promise<number> {
	return await transaction(pool, async (tx) => {
		const again = await tx.query(
			`${againSql} and webhook_deliveries.event_id = $2
			and webhook_deliveries.subscription_id = any ($3)`,
			[now, event.id, subscriptions.map(({ id }) => id)],
		);
		const made = subscriptions.map((subscription) => ({ event, subscription }));
		return again.rowCount + (await makeDeliveries(tx, made, now));
	});
}

/** Only what was made before, and whose subscription is still there. */
export async function redeliverRange(
	db: Queryable,
	...[filter, now]: Parameters<DeliveryStore['redeliverRange']>
): Promise<number> {
	const { endpoint, from, to, events, subscription, state } = filter;
	const { rowCount } = await db.query(
		`${againSql}
			and webhook_deliveries.endpoint = $2
			and ($3 = 'all' or webhook_deliveries.state = $3)
			and ($4::text is null or webhook_deliveries.subscription = $4)
			and exists (select from webhook_subscriptions
				where webhook_subscriptions.id = webhook_deliveries.subscription_id)
			and exists (select from webhook_events
				where webhook_events.id = webhook_deliveries.event_id
					and webhook_events.received_at >= $5 and webhook_events.received_at < $6
					and ($7::text[] is null or webhook_events.type like any ($7)))`,
		[now, endpoint, state, subscription, from, to, events?.map(likeOf) ?? null],
	);
	return rowCount;
}

/** What is over is tried anew, with all its attempts; what is not goes on as it is. */
const againSql = `
	update webhook_deliveries set state = 'pending', next_attempt_at = $1, round_attempts = 0,
		updated_at = $1
	where webhook_deliveries.state in ('dead', 'delivered', 'discarded')`;

function likeOf(pattern: string): string {
	return pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
