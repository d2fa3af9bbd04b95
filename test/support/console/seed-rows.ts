import { createEnvironmentStore } from '../../../sidecar/storage/environment-store';
import type { Queryable } from '../../../sidecar/storage/queryable';
import { environmentNamed } from '../dead-letters/letters';

/**
 * As if two environments had worked for a day: `rows` workflows, executions, dead letters and webhook
 * deliveries each. The environments answer nothing.
 */
export async function seedRows(db: Queryable, rows: number): Promise<void> {
	const environments = createEnvironmentStore(db);
	await environments.put({ ...environmentNamed('dev', { follow: false }), stage: 10 });
	await environments.put({ ...environmentNamed('production', { follow: false }), stage: 30 });
	for (const statement of statements) await db.query(statement, [rows]);
}

const id = (kind: number, nth: string) =>
	`('0${kind}98c0de-0000-7000-8000-' || lpad(to_hex(${nth}), 12, '0'))::uuid`;
const ago = (nth: string) => `clock_timestamp() - (${nth} % 1380) * interval '1 minute'`;

const statements = [
	`insert into workflows (key) select 'orders-' || lpad(nth::text, 6, '0')
	from generate_series(1, $1::integer) as nth`,
	`insert into versions (id, workflow_key, number, digest, appearance_digest, name, content, tags,
		active, environment, workflow_id, created_by, created_at)
	select ${id(1, 'nth')}, 'orders-' || lpad(nth::text, 6, '0'), 1, md5(nth::text), md5(nth::text),
		'Orders of shop ' || nth,
		json_build_object('name', 'Orders of shop ' || nth, 'nodes', '[]'::json, 'connections', '{}'::json),
		'{}', true, 'dev', 'd' || nth,
		'seed', ${ago('nth')}
	from generate_series(1, $1::integer) as nth`,
	`insert into bindings (environment, workflow_id, workflow_key)
	select place.name, left(place.name, 1) || nth, 'orders-' || lpad(nth::text, 6, '0')
	from generate_series(1, $1::integer) as nth, (values ('dev'), ('production')) as place (name)`,
	`insert into dead_letters (id, environment, dedup_key, state, origin, workflow_id, workflow_name,
		execution_id, error, error_class, trigger, failed_input, incident, failed_node, created_at,
		updated_at, expires_at, captured_at)
	select ${id(2, 'nth')}, 'production', 'seed-' || nth, 'waiting', 'engine', 'p' || (nth % 20 + 1),
		'Orders of shop ' || (nth % 20 + 1), nth::text,
		json_build_object('node', 'Book', 'name', 'NodeApiError', 'message', 'the supplier said 503',
			'description', null, 'httpStatus', 503),
		(array['transient', 'data', 'auth'])[nth % 3 + 1], null, '[]', md5('incident ' || nth % 20), 'Book',
		${ago('nth')}, ${ago('nth')}, clock_timestamp() + interval '1 day', ${ago('nth')}
	from generate_series(1, $1::integer) as nth`,
	`insert into executions (id, environment, origin, workflow_id, workflow_name, status, outcome,
		attempts, mode, error, error_class, letter_id, told, accepted_at, started_at, finished_at,
		engine_execution_id)
	select ${id(3, 'nth')}, 'production', case when nth % 2 = 0 then 'api' else 'observed' end,
		'p' || (nth % 20 + 1), 'Orders of shop ' || (nth % 20 + 1),
		case when nth % 25 = 0 then 'failed' else 'succeeded' end,
		case when nth % 25 = 0 then 'error' else 'success' end, 1, 'webhook',
		case when nth % 25 = 0 then json_build_object('node', 'Book', 'name', 'NodeApiError',
			'message', 'the supplier said 503', 'description', null, 'httpStatus', 503) end,
		case when nth % 25 = 0 then 'transient' end,
		case when nth % 25 = 0 then ${id(2, 'nth')} end, true,
		${ago('nth')}, ${ago('nth')}, ${ago('nth')} + (nth % 900) * interval '1 millisecond', nth::text
	from generate_series(1, $1::integer) as nth`,
	`insert into webhook_endpoints (name, scheme, tolerance_seconds, dedup_window_seconds, max_bytes,
		methods, enabled, ttl_seconds, sealed_secrets, secret_count, created_at, updated_at)
	select 'shop', 'none', 300, 86400, 1048576, '{POST}', true, 604800, '', 0, clock_timestamp(),
		clock_timestamp()
	where $1::integer > 0`,
	`insert into webhook_events (id, endpoint, type, dedup_until, method, query, headers, body,
		received_at, keep_until)
	select ${id(4, 'nth')}, 'shop', 'order.created', clock_timestamp(), 'POST', '', '{}', '{}',
		${ago('nth')}, clock_timestamp() + interval '7 days'
	from generate_series(1, $1::integer) as nth`,
	`insert into webhook_deliveries (id, event_id, event_position, event_type, endpoint,
		subscription_id, subscription, state, attempts, last_status, created_at, updated_at)
	select ${id(5, 'nth')}, event.id, event.position, event.type, event.endpoint, ${id(6, '1')},
		'orders', 'delivered', 1, 200, event.received_at, event.received_at
	from webhook_events as event
	cross join lateral (select event.position::integer as nth) as numbered
	where $1::integer > 0`,
];
