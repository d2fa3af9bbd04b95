import { createAlertSignals } from '../../sidecar/storage/alert-signals';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { listExecutions, queueDepth } from '../../sidecar/storage/execution-queries';
import { claimLooks } from '../../sidecar/storage/execution-looks';
import { createExecutionStore } from '../../sidecar/storage/execution-store';
import { createOverviewStore } from '../../sidecar/storage/overview-store';
import { createPool } from '../../sidecar/storage/pool';
import type { Queryable } from '../../sidecar/storage/queryable';
import { recentRuns } from '../../sidecar/storage/recent-runs';
import { countDeliveries } from '../../sidecar/storage/webhook-delivery-queries';
import { environmentNamed, newLetter } from '../support/dead-letters/letters';
import { many } from '../support/executions/requests';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';
import { rowsRead } from '../support/postgres/rows-read';

const over = 4_000;
const incidents = 20;

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
	const { pool } = database;
	await createEnvironmentStore(pool).put(environmentNamed('dev'));
	await createExecutionStore(pool).accept(many(over));
	await pool.query(
		`update executions set status = 'failed', told = true, due_at = null, look_at = null,
			started_at = now() - interval '1 day', finished_at = now() - interval '1 day'`,
	);
	// Waiting in n8n, and looked at again much later.
	await createExecutionStore(pool).accept(many(over / 4, { workflowId: 'waits' }));
	await pool.query(
		`update executions set status = 'waiting', due_at = null, look_at = now() + interval '1 day'
		where workflow_id = 'waits'`,
	);
	await createDeadLetterStore(pool).acceptAll(
		Array.from({ length: over }, (_, nth) =>
			newLetter({ environment: 'dev', dedupKey: `${nth}`, incident: `${nth % incidents}` }),
		),
	);
	await pool.query(`update dead_letters set state = 'resolved' where incident <> '0'`);
	await pool.query(
		`with event as (
			insert into webhook_events (id, endpoint, type, dedup_until, method, query, headers, body,
				received_at, keep_until)
			select gen_random_uuid(), 'shop', 'order', now(), 'POST', '', '{}', '', now(), now()
			from generate_series(1, $1) returning id, position
		)
		insert into webhook_deliveries (id, event_id, event_position, event_type, endpoint,
			subscription_id, subscription, state, created_at, updated_at)
		select gen_random_uuid(), event.id, event.position, 'order', 'shop', gen_random_uuid(), 'all',
			'delivered', now(), now()
		from event`,
		[over],
	);
	await pool.query('vacuum analyze');
});
afterAll(async () => {
	await database?.drop();
});

const everywhere = { environment: null, workflow: null };
const anHour = 3_600_000;
const newest = { limit: 1, after: null };

it.each<[string, (db: Queryable) => Promise<unknown>]>([
	[
		'failures of the last hour',
		async (db) => await createAlertSignals(db).executions({ ...everywhere, windowMs: anHour }),
	],
	[
		'runs that take too long',
		async (db) => await createAlertSignals(db).longRunning({ ...everywhere, runningMs: 60_000 }),
	],
	['the backlog', async (db) => await createAlertSignals(db).backlog()],
	[
		'letters that expired',
		async (db) => await createAlertSignals(db).expiredLetters({ ...everywhere, windowMs: anHour }),
	],
	['letters that wait', async (db) => await createAlertSignals(db).waitingLetters(everywhere)],
	['the queue', queueDepth],
	['deliveries that are open', countDeliveries],
	['runs of the last minutes', recentRuns],
	['letters of the overview', async (db) => await createOverviewStore(db).openLetters(null)],
	['executions to be looked at', async (db) => await claimLooks(db, 'me', 1_000, 10)],
	[
		'executions that are queued',
		async (db) => await listExecutions(db, { environment: 'dev', status: 'queued' }, newest),
	],
	['incidents', async (db) => await createDeadLetterStore(db).incidents({}, newest)],
	[
		'incidents that are open',
		async (db) => await createDeadLetterStore(db).incidents({ open: true }, newest),
	],
])('asks for %s without reading what is over or not due', async (_, ask) => {
	const one = createPool(database.connectionString, { max: 1, log: quietLog() });
	const tables = ['executions', 'dead_letters', 'webhook_deliveries'];
	try {
		await one.query('begin');
		const before = await rowsRead(one, tables);
		await ask(one);
		expect((await rowsRead(one, tables)) - before).toBeLessThan(over / 10);
	} finally {
		await one.end();
	}
});
