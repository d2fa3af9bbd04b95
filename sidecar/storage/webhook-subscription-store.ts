import { OrchestrationError } from '../kernel/errors';
import type { Subscription, SubscriptionStore } from '../webhooks/subscription';
import { codeOf } from './database-errors';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

export function createWebhookSubscriptionStore(pool: Pool): SubscriptionStore {
	return {
		put: async (subscription) => await putSubscription(pool, subscription),
		find: async (endpoint, name) => {
			const { rows } = await pool.query<Subscription>(
				`select ${subscriptionColumns} from webhook_subscriptions
				where webhook_subscriptions.endpoint = $1 and webhook_subscriptions.name = $2`,
				[endpoint, name],
			);
			return rows[0] ?? null;
		},
		list: async (endpoint) => await listSubscriptions(pool, endpoint ?? null),
		remove: async (endpoint, name) =>
			await transaction(pool, async (tx) => {
				await discardDeliveries(tx, endpoint, name);
				const { rowCount } = await tx.query(
					`delete from webhook_subscriptions
					where webhook_subscriptions.endpoint = $1 and webhook_subscriptions.name = $2`,
					[endpoint, name],
				);
				return rowCount > 0;
			}),
	};
}

/** Enabled or not. @param endpoint null: of all */
export async function listSubscriptions(
	db: Queryable,
	endpoint: string | null,
): Promise<Subscription[]> {
	const { rows } = await db.query<Subscription>(
		`select ${subscriptionColumns} from webhook_subscriptions
		where $1::text is null or webhook_subscriptions.endpoint = $1
		order by webhook_subscriptions.endpoint, webhook_subscriptions.name`,
		[endpoint],
	);
	return rows;
}

/** One that is under way ends as it ends, and is not tried again. @param name null: of all subscriptions */
export async function discardDeliveries(
	tx: Queryable,
	endpoint: string,
	name: string | null,
): Promise<void> {
	await tx.query(
		`update webhook_deliveries set state = 'discarded', next_attempt_at = null,
			lease_owner = null, fence = webhook_deliveries.fence + 1, updated_at = now()
		where webhook_deliveries.endpoint = $1
			and ($2::text is null or webhook_deliveries.subscription = $2)
			and webhook_deliveries.state in ('pending', 'delivering')`,
		[endpoint, name],
	);
}

async function putSubscription(db: Queryable, subscription: Subscription): Promise<Subscription> {
	try {
		const { rows } = await db.query<Subscription>(putSql, [
			subscription.id,
			subscription.endpoint,
			subscription.name,
			subscription.events,
			subscription.filter,
			subscription.environment,
			JSON.stringify(subscription.target),
			subscription.sealedSecrets,
			subscription.ordered,
			subscription.concurrency,
			subscription.timeoutMs,
			JSON.stringify(subscription.retry),
			subscription.paused,
			subscription.enabled,
			subscription.createdAt,
			subscription.updatedAt,
		]);
		const row = rows[0];
		if (!row) throw new Error(`subscription ${subscription.name} was not kept`);
		return row;
	} catch (error) {
		// Foreign key violation.
		if (codeOf(error) !== '23503') throw error;
		throw new OrchestrationError(
			'webhook_endpoint_not_found',
			`There is no endpoint ${subscription.endpoint}. PUT /api/v1/webhooks/endpoints/${subscription.endpoint} makes one.`,
			{ details: { endpoint: subscription.endpoint }, cause: error },
		);
	}
}

export const subscriptionColumns = `webhook_subscriptions.id, webhook_subscriptions.endpoint,
	webhook_subscriptions.name, webhook_subscriptions.events, webhook_subscriptions.filter,
	webhook_subscriptions.environment, webhook_subscriptions.target,
	webhook_subscriptions.sealed_secrets as "sealedSecrets", webhook_subscriptions.ordered,
	webhook_subscriptions.concurrency, webhook_subscriptions.timeout_ms as "timeoutMs",
	webhook_subscriptions.retry, webhook_subscriptions.paused, webhook_subscriptions.enabled,
	webhook_subscriptions.created_at as "createdAt",
	webhook_subscriptions.updated_at as "updatedAt"`;

const putSql = `
	insert into webhook_subscriptions (id, endpoint, name, events, filter, environment, target,
		sealed_secrets, ordered, concurrency, timeout_ms, retry, paused, enabled, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
	on conflict (endpoint, name) do update set
		events = excluded.events,
		filter = excluded.filter,
		environment = excluded.environment,
		target = excluded.target,
		sealed_secrets = excluded.sealed_secrets,
		ordered = excluded.ordered,
		concurrency = excluded.concurrency,
		timeout_ms = excluded.timeout_ms,
		retry = excluded.retry,
		paused = excluded.paused,
		enabled = excluded.enabled,
		updated_at = excluded.updated_at
	returning ${subscriptionColumns}`;
