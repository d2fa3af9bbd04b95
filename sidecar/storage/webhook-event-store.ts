import { combineCalls, type Settled } from '../kernel/combine-calls';
import type {
	EventFilter,
	EventStore,
	EventSummary,
	NewEvent,
	StoredEvent,
} from '../webhooks/event';
import type { Pool, Queryable } from './queryable';
import { storedText } from './stored-text';
import { pruneEvents } from './webhook-pruning';

type Accepted = Awaited<ReturnType<EventStore['accept']>>;

/** More wait for the next statement. */
const mostAtOnce = 500;

/** Events that come while a batch is written to disk are the next: one statement and one fsync for them all. */
export function createWebhookEventStore(pool: Pool): EventStore {
	const accept = combineCalls<NewEvent, Accepted>(
		async (_all, events) => await acceptEvents(pool, events),
		{ most: mostAtOnce },
	);
	return {
		accept: async (event) => await accept('all', event),
		find: async (id) => await findEvent(pool, id),
		list: async (filter, page) => await listEvents(pool, filter, page),
		prune: async (now, limit) => await pruneEvents(pool, now, limit),
	};
}

/** Each event, or the one that it repeats. One statement unless there are repeated ones. */
async function acceptEvents(
	db: Queryable,
	events: readonly NewEvent[],
): Promise<Array<Settled<Accepted>>> {
	const answers = new Map<NewEvent, Accepted>();
	let rest = [...events];
	// A second round is for keys whose window is over.
	for (let round = 0; rest.length > 0 && round < 5; round += 1) {
		const kept = await insertEvents(db, rest);
		for (const event of rest)
			if (kept.has(event.id)) answers.set(event, { id: event.id, duplicate: false });
		const left = rest.filter((event) => !kept.has(event.id));
		if (left.length === 0) break;
		const there = await eventsThere(db, left);
		for (const event of left) {
			const id = there.get(keyOf(event));
			if (id !== undefined) answers.set(event, { id, duplicate: true });
		}
		rest = left.filter((event) => !answers.has(event));
	}
	return events.map((event) => {
		const answer = answers.get(event);
		return answer ? { answer } : { error: new Error(`event ${event.id} was not kept`) };
	});
}

const keyOf = ({ endpoint, dedupKey }: Pick<NewEvent, 'endpoint' | 'dedupKey'>) =>
	`${endpoint}\n${dedupKey}`;

async function insertEvents(db: Queryable, events: readonly NewEvent[]): Promise<Set<string>> {
	// Two replicas that meet the same keys take them in the same order, so neither waits in a circle.
	const sorted = events.toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
	let start = 1;
	const given = sorted.map((event) => {
		const bodyAt = start;
		start += event.body.length;
		return {
			id: event.id,
			endpoint: event.endpoint,
			type: storedText(event.type),
			provider_id: storedText(event.providerId),
			dedup_key: event.dedupKey,
			dedup_until: event.dedupUntil,
			ordering_key: storedText(event.orderingKey),
			subject: storedText(event.subject),
			environment: event.environment,
			method: event.method,
			query: storedText(event.query),
			headers: event.headers,
			body_at: bodyAt,
			body_bytes: event.body.length,
			received_at: event.receivedAt,
			keep_until: event.keepUntil,
		};
	});
	const bodies = Buffer.concat(sorted.map(({ body }) => body));
	const { rows } = await db.query<{ id: string }>(
		insertSql,
		[JSON.stringify(given), bodies],
		'keep_events',
	);
	return new Set(rows.map(({ id }) => id));
}

// All bodies in one value: only a value of its own travels as the bytes it is.
const insertSql = `
	with kept as (
		insert into webhook_events (id, endpoint, type, provider_id, dedup_key, dedup_until,
			ordering_key, subject, environment, method, query, headers, body, received_at, keep_until)
		select given.id, given.endpoint, given.type, given.provider_id, given.dedup_key,
			given.dedup_until, given.ordering_key, given.subject, given.environment, given.method,
			given.query, given.headers, substring($2::bytea from given.body_at for given.body_bytes),
			given.received_at, given.keep_until
		from json_to_recordset($1::json) as given (id uuid, endpoint text, type text,
			provider_id text, dedup_key text, dedup_until timestamptz, ordering_key text, subject text,
			environment text, method text, query text, headers json, body_at integer,
			body_bytes integer, received_at timestamptz, keep_until timestamptz)
		on conflict (endpoint, dedup_key) where dedup_key is not null do nothing
		returning webhook_events.id, webhook_events.position
	), arrived as (
		insert into webhook_arrivals (position) select kept.position from kept
	)
	select kept.id from kept`;

/** By key, those whose window is not over; the others give their key up. */
async function eventsThere(
	db: Queryable,
	events: readonly NewEvent[],
): Promise<Map<string, string>> {
	const keys = [
		events.map(({ endpoint }) => endpoint),
		events.map(({ dedupKey }) => dedupKey),
		events.map(({ receivedAt }) => receivedAt),
	];
	await db.query(
		`update webhook_events set dedup_key = null
		from unnest($1::text[], $2::text[], $3::timestamptz[]) as given (endpoint, dedup_key, at)
		where webhook_events.endpoint = given.endpoint
			and webhook_events.dedup_key = given.dedup_key
			and webhook_events.dedup_until <= given.at`,
		keys,
	);
	const { rows } = await db.query<{ id: string; endpoint: string; dedupKey: string }>(
		`select webhook_events.id, webhook_events.endpoint, webhook_events.dedup_key as "dedupKey"
		from unnest($1::text[], $2::text[]) as given (endpoint, dedup_key)
		join webhook_events on webhook_events.endpoint = given.endpoint
			and webhook_events.dedup_key = given.dedup_key`,
		keys.slice(0, 2),
	);
	return new Map(rows.map((row) => [keyOf(row), row.id]));
}

export const eventColumns = `webhook_events.id, webhook_events.position, webhook_events.endpoint,
	webhook_events.type, webhook_events.provider_id as "providerId",
	webhook_events.ordering_key as "orderingKey", webhook_events.subject,
	webhook_events.environment, octet_length(webhook_events.body) as bytes,
	webhook_events.received_at as "receivedAt"`;

const routedAt = `case when exists (select from webhook_arrivals
	where webhook_arrivals.position = webhook_events.position) then null
	else coalesce((select min(webhook_deliveries.created_at) from webhook_deliveries
		where webhook_deliveries.event_id = webhook_events.id), webhook_events.received_at)
	end as "routedAt"`;

export async function findEvent(db: Queryable, id: string): Promise<StoredEvent | null> {
	const { rows } = await db.query<StoredEvent>(
		`select ${eventColumns}, ${routedAt}, webhook_events.method, webhook_events.query,
			webhook_events.headers, webhook_events.body
		from webhook_events where webhook_events.id = $1`,
		[id],
	);
	return rows[0] ?? null;
}

async function listEvents(
	db: Queryable,
	{ endpoint, type, orderingKey, subject, from, to }: EventFilter,
	page: { limit: number; after: number | null },
): Promise<EventSummary[]> {
	const { rows } = await db.query<EventSummary>(
		`select ${eventColumns}, ${routedAt} from webhook_events
		where ($1::text is null or webhook_events.endpoint = $1)
			and ($2::text is null or webhook_events.type = $2)
			and ($3::text is null or webhook_events.ordering_key = $3)
			and ($4::timestamptz is null or webhook_events.received_at >= $4)
			and ($5::timestamptz is null or webhook_events.received_at < $5)
			and ($6::bigint is null or webhook_events.position < $6)
			and ($8::text is null or webhook_events.subject = $8)
		order by webhook_events.position desc limit $7`,
		[
			endpoint ?? null,
			type ?? null,
			orderingKey ?? null,
			from ?? null,
			to ?? null,
			page.after,
			page.limit,
			subject ?? null,
		],
	);
	return rows;
}
