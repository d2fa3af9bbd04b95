import type { Endpoint, EndpointStore } from '../webhooks/endpoint';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';
import { discardDeliveries } from './webhook-subscription-store';

export function createWebhookEndpointStore(pool: Pool): EndpointStore {
	return {
		put: async (endpoint) => await putEndpoint(pool, endpoint),
		find: async (name) => {
			const { rows } = await pool.query<Endpoint>(
				`${selectSql} where webhook_endpoints.name = $1`,
				[name],
			);
			return rows[0] ?? null;
		},
		list: async () =>
			(await pool.query<Endpoint>(`${selectSql} order by webhook_endpoints.name`)).rows,
		remove: async (name) =>
			await transaction(pool, async (tx) => {
				await discardDeliveries(tx, name, null);
				await tx.query(
					'delete from webhook_subscriptions where webhook_subscriptions.endpoint = $1',
					[name],
				);
				const { rowCount } = await tx.query(
					'delete from webhook_endpoints where webhook_endpoints.name = $1',
					[name],
				);
				return rowCount > 0;
			}),
	};
}

async function putEndpoint(db: Queryable, endpoint: Endpoint): Promise<Endpoint> {
	const json = (value: unknown) => (value === null ? null : JSON.stringify(value));
	const { rows } = await db.query<Endpoint>(putSql, [
		endpoint.name,
		endpoint.scheme,
		json(endpoint.format),
		endpoint.toleranceSeconds,
		json(endpoint.eventId),
		json(endpoint.eventType),
		json(endpoint.orderingKey),
		endpoint.dedupWindowSeconds,
		endpoint.maxBytes,
		endpoint.methods,
		endpoint.enabled,
		endpoint.ttlSeconds,
		endpoint.sealedSecrets,
		endpoint.secretCount,
		endpoint.createdAt,
		endpoint.updatedAt,
	]);
	const row = rows[0];
	if (!row) throw new Error(`endpoint ${endpoint.name} was not kept`);
	return row;
}

const columns = `webhook_endpoints.name, webhook_endpoints.scheme, webhook_endpoints.format,
	webhook_endpoints.tolerance_seconds as "toleranceSeconds",
	webhook_endpoints.event_id as "eventId", webhook_endpoints.event_type as "eventType",
	webhook_endpoints.ordering_key as "orderingKey",
	webhook_endpoints.dedup_window_seconds as "dedupWindowSeconds",
	webhook_endpoints.max_bytes as "maxBytes", webhook_endpoints.methods,
	webhook_endpoints.enabled, webhook_endpoints.ttl_seconds as "ttlSeconds",
	webhook_endpoints.sealed_secrets as "sealedSecrets",
	webhook_endpoints.secret_count as "secretCount",
	webhook_endpoints.created_at as "createdAt", webhook_endpoints.updated_at as "updatedAt"`;

const selectSql = `select ${columns} from webhook_endpoints`;

const putSql = `
	insert into webhook_endpoints (name, scheme, format, tolerance_seconds, event_id, event_type,
		ordering_key, dedup_window_seconds, max_bytes, methods, enabled, ttl_seconds, sealed_secrets,
		secret_count, created_at, updated_at)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
	on conflict (name) do update set
		scheme = excluded.scheme,
		format = excluded.format,
		tolerance_seconds = excluded.tolerance_seconds,
		event_id = excluded.event_id,
		event_type = excluded.event_type,
		ordering_key = excluded.ordering_key,
		dedup_window_seconds = excluded.dedup_window_seconds,
		max_bytes = excluded.max_bytes,
		methods = excluded.methods,
		enabled = excluded.enabled,
		ttl_seconds = excluded.ttl_seconds,
		sealed_secrets = excluded.sealed_secrets,
		secret_count = excluded.secret_count,
		updated_at = excluded.updated_at
	returning ${columns}`;
