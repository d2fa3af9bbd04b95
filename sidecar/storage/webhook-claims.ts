import type { AfterAttempt, Claim, DeliveryAttempt } from '../webhooks/delivery';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

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
