import { createWebhookDeliveryStore } from '../../sidecar/storage/webhook-delivery-store';
import { createWebhookEndpointStore } from '../../sidecar/storage/webhook-endpoint-store';
import { createWebhookSubscriptionStore } from '../../sidecar/storage/webhook-subscription-store';
import { after, noon } from '../support/dead-letters/letters';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { rowsRead } from '../support/postgres/rows-read';
import { seededRandom } from '../support/seeded-random';
import { endpointNamed, subscriptionTo } from '../support/webhooks/webhook-rows';

let database: FreshDatabase;

beforeEach(async () => {
	database = await freshDatabase();
	await createWebhookEndpointStore(database.pool).put(endpointNamed('shop'));
});

afterEach(async () => {
	await database.drop();
});

/** One of each event, in the order of the events. */
interface Line {
	key: string | null;
	state: 'pending' | 'delivering' | 'delivered' | 'dead';
	/** Milliseconds from noon. */
	dueMs: number;
}

const pending = (key: string | null, dueMs = -1): Line => ({ key, state: 'pending', dueMs });
const times = (count: number, line: Line): Line[] => Array.from({ length: count }, () => line);

/** @returns the ids, in the order of the lines */
async function lay(lines: Line[], concurrency: number): Promise<string[]> {
	const { pool } = database;
	const subscription = subscriptionTo('shop', 'orders', { ordered: true, concurrency });
	await createWebhookSubscriptionStore(pool).put(subscription);
	const { rows } = await pool.query<{ id: string }>(
		`with kept as (
			insert into webhook_events (id, endpoint, type, dedup_until, method, query, headers, body,
				received_at, keep_until)
			select gen_random_uuid(), 'shop', 'order.made', $1, 'POST', '', '[]', 'x', $1, $1
			from generate_series(1, cardinality($4::text[]))
			returning webhook_events.id, webhook_events.position
		), numbered as (
			select kept.*, row_number() over (order by kept.position) as nth from kept
		)
		insert into webhook_deliveries (id, event_id, event_position, event_type, endpoint,
			subscription_id, subscription, ordering_key, state, next_attempt_at, lease_expires_at,
			created_at, updated_at)
		select gen_random_uuid(), numbered.id, numbered.position, 'order.made', 'shop', $2, 'orders',
			line.key, line.state, case when line.state = 'pending' then line.due end,
			case when line.state = 'delivering' then clock_timestamp() + interval '1 hour' end, $1, $1
		from numbered
		join unnest($3::timestamptz[], $4::text[], $5::text[]) with ordinality
			as line (due, key, state, nth) on line.nth = numbered.nth
		order by numbered.position
		returning webhook_deliveries.id`,
		[
			noon,
			subscription.id,
			lines.map(({ dueMs }) => after(dueMs)),
			lines.map(({ key }) => key),
			lines.map(({ state }) => state),
		],
	);
	return rows.map(({ id }) => id);
}

const claim = async () => {
	const { claim: take } = createWebhookDeliveryStore(database.pool);
	const claimed = await take({ owner: 'me', ttlMs: 30_000 }, noon, 100);
	return claimed.map(({ delivery }) => delivery.id);
};

/** The rule in plain words: what has no key, and of each key the first that is not over. */
function ready(lines: Line[], concurrency: number): number[] {
	const isFirst = (nth: number) =>
		lines.findIndex(({ key, state }) => key === lines[nth]?.key && /^(pend|deliveri)/.test(state));
	const free = concurrency - lines.filter(({ state }) => state === 'delivering').length;
	return lines
		.map((line, nth) => ({ ...line, nth }))
		.filter(({ state, dueMs }) => state === 'pending' && dueMs <= 0)
		.filter(({ key, nth }) => key === null || isFirst(nth) === nth)
		.sort((one, other) => one.dueMs - other.dueMs || one.nth - other.nth)
		.slice(0, Math.max(0, free))
		.map(({ nth }) => nth)
		.sort((one, other) => one - other);
}

it('takes what may be sent from behind a long line that waits', async () => {
	const busy: Line = { key: 'a', state: 'delivering', dueMs: 0 };
	const lines = [busy, ...times(1_000, pending('a', -60_000)), pending('b'), pending(null)];
	const ids = await lay(lines, 5);
	expect(await claim()).toEqual([ids[1_001], ids[1_002]]);
	expect(await claim()).toEqual([]);
});

it.each([
	['one long line', 1],
	['many lines', 50],
])('reads little of %s', async (_, keys) => {
	const first = (nth: number) => pending(`${nth % keys}`, nth < keys ? -1 : -60_000);
	await lay(
		Array.from({ length: 5_000 }, (__, nth) => first(nth)),
		10,
	);
	const client = await database.pool.connect();
	try {
		await client.query('begin');
		const { claim: take } = createWebhookDeliveryStore({ ...database.pool, ...client });
		const before = await rowsRead(client, ['webhook_deliveries']);
		const claimed = await take({ owner: 'me', ttlMs: 30_000 }, noon, 100);
		expect(claimed).toHaveLength(Math.min(keys, 10));
		expect((await rowsRead(client, ['webhook_deliveries'])) - before).toBeLessThan(500);
	} finally {
		await client.query('rollback');
		client.release();
	}
});

it('takes by the rule, however the lines stand', async () => {
	const random = seededRandom(20310401);
	const below = (most: number) => Math.floor(random() * most);
	for (let round = 0; round < 40; round += 1) {
		const keys = 1 + below(12);
		const concurrency = 1 + below(8);
		const lines = Array.from({ length: 1 + below(120) }, (): Line => {
			const state = (['pending', 'pending', 'pending', 'delivered', 'dead'] as const)[below(5)];
			const key = below(20) === 0 ? null : `${below(keys)}`;
			return {
				key,
				state: below(60) === 0 ? 'delivering' : (state ?? 'pending'),
				dueMs: below(100) - 80,
			};
		});
		const ids = await lay(lines, concurrency);
		const claimed = new Set(await claim());
		const taken = ids.flatMap((id, nth) => (claimed.has(id) ? [nth] : []));
		expect({ round, taken }).toEqual({ round, taken: ready(lines, concurrency) });
		await database.pool.query('delete from webhook_events; delete from webhook_subscriptions');
	}
});

it('keeps each line in order, whoever takes from it', async () => {
	const keys = 7;
	await lay(
		Array.from({ length: 300 }, (_, nth) =>
			pending(`${nth % keys}`, (nth * 37) % 50 === 0 ? 0 : -9),
		),
		20,
	);
	const deliveries = createWebhookDeliveryStore(database.pool);
	const sent: Array<[key: string | null, position: number]> = [];
	const underWay = new Set<string | null>();
	const worker = async (owner: string): Promise<void> => {
		for (;;) {
			const claimed = await deliveries.claim({ owner, ttlMs: 30_000 }, noon, 3);
			for (const { delivery } of claimed) {
				expect(underWay.has(delivery.orderingKey)).toBe(false);
				underWay.add(delivery.orderingKey);
				sent.push([delivery.orderingKey, delivery.eventPosition]);
			}
			for (const { delivery } of claimed) {
				underWay.delete(delivery.orderingKey);
				const made = {
					number: 1,
					startedAt: noon,
					durationMs: 1,
					status: 200,
					error: null,
					answer: '',
				};
				await deliveries.settle(delivery, made, { state: 'delivered' }, noon);
			}
			if (sent.length === 300) return;
		}
	};
	await Promise.all(['one', 'two', 'three', 'four'].map(worker));
	for (let key = 0; key < keys; key += 1) {
		const positions = sent.filter(([of]) => of === `${key}`).map(([, position]) => position);
		expect(positions).toEqual(positions.toSorted((one, other) => one - other));
		expect(new Set(positions).size).toBe(positions.length);
	}
});
