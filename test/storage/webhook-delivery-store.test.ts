import { createPool, type Pool } from '../../sidecar/storage/pool';
import { createWebhookDeliveryStore } from '../../sidecar/storage/webhook-delivery-store';
import { createWebhookEndpointStore } from '../../sidecar/storage/webhook-endpoint-store';
import { createWebhookEventStore } from '../../sidecar/storage/webhook-event-store';
import { arrivedSql } from '../../sidecar/storage/webhook-routing';
import { createWebhookSubscriptionStore } from '../../sidecar/storage/webhook-subscription-store';
import type { AfterAttempt, ClaimedDelivery, DeliveryStore } from '../../sidecar/webhooks/delivery';
import type { EndpointStore } from '../../sidecar/webhooks/endpoint';
import type { EventStore, NewEvent } from '../../sidecar/webhooks/event';
import { routeEvent } from '../../sidecar/webhooks/route-event';
import type { SubscriptionStore } from '../../sidecar/webhooks/subscription';
import { after, noon } from '../support/dead-letters/letters';
import { eventually } from '../support/postgres/eventually';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';
import { endpointNamed, eventOf, subscriptionTo } from '../support/webhooks/webhook-rows';

let database: FreshDatabase;
let endpoints: EndpointStore;
let subscriptions: SubscriptionStore;
let events: EventStore;
let deliveries: DeliveryStore;

beforeAll(async () => {
	database = await freshDatabase();
	endpoints = createWebhookEndpointStore(database.pool);
	subscriptions = createWebhookSubscriptionStore(database.pool);
	events = createWebhookEventStore(database.pool);
	deliveries = createWebhookDeliveryStore(database.pool);
});
afterAll(async () => {
	await database.drop();
});
beforeEach(async () => {
	await database.pool.query('truncate webhook_events, webhook_arrivals cascade');
	await database.pool.query('delete from webhook_subscriptions');
	await endpoints.put(endpointNamed('shop'));
});

const lease = { owner: 'me', ttlMs: 30_000 };
const all = { limit: 100, after: null };
const take = async (given: Partial<NewEvent> = {}) => {
	const event = eventOf('shop', given);
	await events.accept(event);
	return event;
};
const route = async () => await deliveries.route(routeEvent, 100, noon);
const claim = async (limit = 100, now = noon) => await deliveries.claim(lease, now, limit);
const settle = async (
	{ delivery }: ClaimedDelivery,
	end: AfterAttempt = { state: 'delivered' },
	attempt: object = {},
) => {
	const made = {
		number: delivery.attempts + 1,
		startedAt: noon,
		durationMs: 5,
		status: 200,
		error: null,
		answer: 'ok',
		...attempt,
	};
	return await deliveries.settle(delivery, made, end, noon);
};
const idsOf = (claimed: ClaimedDelivery[]) => claimed.map(({ event }) => event.id);
const wait = (ms: number): AfterAttempt => ({ state: 'pending', at: after(ms) });

it('keeps endpoints and subscriptions as they were put', async () => {
	const endpoint = endpointNamed('github', {
		scheme: 'hmac',
		format: {
			header: 'X',
			algorithm: 'sha1',
			encoding: 'base64',
			prefix: 'p',
			timestampHeader: null,
			separator: '.',
		},
		eventId: { header: 'X-Id' },
		orderingKey: { path: 'a.b' },
		methods: ['PUT', 'POST'],
	});
	expect(await endpoints.put(endpoint)).toEqual(endpoint);
	expect(await endpoints.put({ ...endpoint, createdAt: after(1), enabled: false })).toEqual({
		...endpoint,
		enabled: false,
	});
	expect((await endpoints.list()).map(({ name }) => name)).toEqual([
		'github',
		'orchestration',
		'shop',
	]);
	const subscription = subscriptionTo('github', 'one', { filter: 'type == "x"', ordered: true });
	expect(await subscriptions.put(subscription)).toEqual(subscription);
	const changed = { ...subscription, id: subscriptionTo('x', 'y').id, events: ['a.*'] };
	expect(await subscriptions.put(changed)).toEqual({ ...changed, id: subscription.id });
	await expect(subscriptions.put(subscriptionTo('nowhere', 'one'))).rejects.toMatchObject({
		code: 'webhook_endpoint_not_found',
	});
	expect([await endpoints.remove('github'), await endpoints.remove('github')]).toEqual([
		true,
		false,
	]);
	expect(await subscriptions.list('github')).toEqual([]);
});

it('makes one delivery for each event and subscription that wants it', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	await subscriptions.put(subscriptionTo('shop', 'orders', { events: ['order.*'] }));
	await subscriptions.put(subscriptionTo('shop', 'large', { filter: 'body.amount > 10' }));
	await subscriptions.put(subscriptionTo('shop', 'off', { enabled: false }));
	await subscriptions.put(subscriptionTo('orchestration', 'elsewhere'));
	const order = await take({ body: Buffer.from('{"amount": 11}') });
	const other = await take({ type: 'cart.left', body: Buffer.from('not json') });
	expect((await events.find(order.id))?.routedAt).toBeNull();
	expect([await route(), await route()]).toEqual([2, 0]);
	const made = async (eventId: string) =>
		(await deliveries.list({ eventId }, all)).map(({ subscription }) => subscription).sort();
	expect(await made(order.id)).toEqual(['all', 'large', 'orders']);
	expect(await made(other.id)).toEqual(['all']);
	expect((await events.find(order.id))?.routedAt).toEqual(noon);
});

it('routes each event once, however many processes are at it', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all', { concurrency: 50 }));
	await Promise.all(Array.from({ length: 40 }, async () => await take()));
	const rounds = await Promise.all(
		Array.from({ length: 8 }, async () => await deliveries.route(routeEvent, 10, noon)),
	);
	while ((await route()) !== 0);
	expect(rounds.some((routed) => routed === 10)).toBe(true);
	const list = await deliveries.list({}, all);
	expect(new Set(list.map(({ eventId }) => eventId)).size).toBe(40);
	expect(list).toHaveLength(40);
});

interface PlanNode {
	'Relation Name'?: string;
	'Actual Rows': number;
	'Actual Loops': number;
	'Rows Removed by Filter'?: number;
	Plans?: PlanNode[];
}
function rowsReadOf(table: string, node: PlanNode): number {
	const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
	const below = (node.Plans ?? []).map((inner) => rowsReadOf(table, inner));
	return below.reduce((sum, rows) => sum + rows, node['Relation Name'] === table ? read : 0);
}

/** 20,000 that have arrived. */
async function takeMany(pool: Pool) {
	await pool.query(
		`with kept as (
			insert into webhook_events (id, endpoint, type, dedup_until, method, query, headers, body,
				received_at, keep_until)
			select gen_random_uuid(), 'shop', 'order.made', $1, 'POST', '', '[]', 'x', $1, $1
			from generate_series(1, 20000) returning webhook_events.position
		)
		insert into webhook_arrivals select kept.position from kept`,
		[noon],
	);
}

it('reads what arrived, not all that is kept', async () => {
	const { pool } = database;
	await takeMany(pool);
	// As a busy time leaves it: the planner believes in many arrivals.
	await pool.query('analyze webhook_events, webhook_arrivals');
	await pool.query('delete from webhook_arrivals');
	await take();
	const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
		`explain (analyze, format json) ${arrivedSql}`,
		[100],
	);
	const plan = rows[0]?.['QUERY PLAN'][0].Plan;
	expect(plan?.['Actual Rows']).toBe(1);
	expect(plan && rowsReadOf('webhook_events', plan)).toBe(1);
});

it('reads no more when the tables have grown since its plans were made', async () => {
	// Nobody has told the planner of this one what to expect.
	const young = await freshDatabase();
	const pool = createPool(young.connectionString, { max: 1, log: quietLog() });
	await createWebhookEndpointStore(pool).put(endpointNamed('shop'));
	await createWebhookSubscriptionStore(pool).put(subscriptionTo('shop', 'all'));
	const { accept } = createWebhookEventStore(pool);
	const { route: routeBy } = createWebhookDeliveryStore(pool);
	const tuplesRead = async () => {
		await pool.query('select pg_stat_force_next_flush()');
		const { rows } = await pool.query<{ read: number }>(
			`select sum(seq_tup_read)::integer as read from pg_stat_user_tables
			where relname in ('webhook_events', 'webhook_arrivals', 'webhook_deliveries')`,
		);
		return rows[0]?.read ?? NaN;
	};
	// Postgres keeps a plan after the fifth time.
	for (let round = 0; round < 10; round += 1) {
		await Promise.all(Array.from({ length: 100 }, async () => await accept(eventOf('shop'))));
		expect(await routeBy(routeEvent, 100, noon)).toBe(100);
	}
	await takeMany(pool);
	await pool.query('delete from webhook_arrivals');
	await accept(eventOf('shop'));
	const before = await tuplesRead();
	expect(await routeBy(routeEvent, 100, noon)).toBe(1);
	expect((await tuplesRead()) - before).toBeLessThan(1_000);
	await pool.end();
	await young.drop();
});

it('gives each delivery to one process, with its event and subscription', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all', { concurrency: 50 }));
	await Promise.all(Array.from({ length: 30 }, async () => await take()));
	await route();
	const claims = await Promise.all(Array.from({ length: 10 }, async () => await claim(5)));
	const taken = claims.flat();
	expect(new Set(idsOf(taken)).size).toBe(taken.length);
	taken.push(...(await claim()));
	expect(taken).toHaveLength(30);
	expect(taken[0]).toMatchObject({
		event: { method: 'POST', body: expect.any(Buffer) },
		subscription: { name: 'all' },
		delivery: { state: 'delivering', attempts: 0, fence: 1 },
	});
});

it('has no more under way than a subscription allows, and none while it is paused', async () => {
	const slow = subscriptionTo('shop', 'slow', { concurrency: 2 });
	await subscriptions.put(slow);
	await subscriptions.put(subscriptionTo('shop', 'fast'));
	await take();
	await take();
	await take();
	await route();
	const claimed = await claim();
	const names = claimed.map(({ subscription }) => subscription.name);
	expect(names.filter((name) => name === 'slow')).toHaveLength(2);
	expect(names.filter((name) => name === 'fast')).toHaveLength(3);
	expect(await claim()).toEqual([]);
	const done = claimed.find(({ subscription }) => subscription.name === 'slow');
	if (done) await settle(done);
	await subscriptions.put({ ...slow, paused: true });
	expect(await deliveries.nextDueAt()).toBeNull();
	expect(await claim()).toEqual([]);
	await subscriptions.put(slow);
	expect(await deliveries.nextDueAt()).toEqual(noon);
	expect(await claim()).toHaveLength(1);
});

it('keeps the order of each key: a failing head holds its key and no other', async () => {
	await subscriptions.put(subscriptionTo('shop', 'ordered', { ordered: true }));
	const a1 = await take({ orderingKey: 'a' });
	const b1 = await take({ orderingKey: 'b' });
	const a2 = await take({ orderingKey: 'a' });
	const free = await take({ orderingKey: null });
	const b2 = await take({ orderingKey: 'b' });
	await route();
	const [headA, headB, keyless] = await claim();
	expect(idsOf([headA, headB, keyless].filter((each) => each !== undefined))).toEqual([
		a1.id,
		b1.id,
		free.id,
	]);
	if (!headA || !headB) throw new Error('nothing was claimed');
	await settle(headA, wait(5_000));
	await settle(headB);
	expect(idsOf(await claim())).toEqual([b2.id]);
	const [again] = await claim(100, after(5_000));
	expect(again?.event.id).toBe(a1.id);
	if (again) await settle(again, { state: 'dead', letterId: null });
	expect(idsOf(await claim(100, after(5_000)))).toEqual([a2.id]);
});

it('takes over what lost its process, and lets the late one change nothing', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	await take();
	await route();
	const [first] = await deliveries.claim({ owner: 'gone', ttlMs: 0 }, noon, 10);
	// Postgres may have started a moment ago: its owner is given some seconds then.
	const second = await eventually('it is taken over', 20_000, async () => (await claim())[0]);
	if (!first) throw new Error('nothing was claimed');
	expect(second.delivery).toMatchObject({ id: first.delivery.id, inDoubt: 1 });
	await deliveries.renew([first.delivery], 60_000);
	expect(await settle(first)).toBe(false);
	expect(await deliveries.attemptsOf(first.delivery.id)).toEqual([]);
	expect(await settle(second)).toBe(true);
	expect(await settle(second)).toBe(false);
	expect(await deliveries.attemptsOf(first.delivery.id)).toHaveLength(1);
});

it('asks a receiver that is away with one delivery at a time, ever less often', async () => {
	const away = subscriptionTo('shop', 'away');
	await subscriptions.put(away);
	for (let nth = 0; nth < 4; nth += 1) await take();
	await route();
	const silent: AfterAttempt = { state: 'pending', at: noon, silent: true };
	for (const each of await claim()) await settle(each, silent, { status: null, error: 'no' });
	// Four in a row without answer: 500 ms, doubled three times.
	expect(await deliveries.nextDueAt()).toEqual(after(4_000));
	expect(await claim(100, after(3_999))).toEqual([]);
	const [probe, ...more] = await claim(100, after(4_000));
	expect(more).toEqual([]);
	if (!probe) throw new Error('nobody asks');
	expect(await claim(100, after(4_000))).toEqual([]);
	await settle(probe);
	expect(await claim(100, after(4_000))).toHaveLength(3);
});

it('keeps a lease that is renewed', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	await take();
	await route();
	const [first] = await deliveries.claim({ owner: 'me', ttlMs: 1 }, noon, 10);
	if (!first) throw new Error('nothing was claimed');
	await deliveries.renew([first.delivery], 60_000);
	expect(await claim()).toEqual([]);
	expect(await settle(first)).toBe(true);
});

it('keeps every attempt with its answer', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	await take();
	await route();
	const [first] = await claim();
	if (!first) throw new Error('nothing was claimed');
	await settle(first, wait(2_000), { status: 500, error: 'no\0', answer: 'down' });
	expect(await deliveries.nextDueAt()).toEqual(after(2_000));
	expect(await claim(100, after(1_999))).toEqual([]);
	const [second] = await claim(100, after(2_000));
	if (!second) throw new Error('nothing was claimed again');
	expect(second.delivery).toMatchObject({ attempts: 1, roundAttempts: 1 });
	await settle(second);
	expect(await deliveries.find(first.delivery.id)).toMatchObject({
		state: 'delivered',
		attempts: 2,
		lastStatus: 200,
		lastError: null,
		nextAttemptAt: null,
	});
	expect(await deliveries.attemptsOf(first.delivery.id)).toMatchObject([
		{ number: 1, status: 500, error: 'no\u{fffd}', answer: 'down', durationMs: 5 },
		{ number: 2, status: 200, error: null, answer: 'ok' },
	]);
});

it('delivers again by hand: what is over, and what a new subscription lacks', async () => {
	const first = subscriptionTo('shop', 'first');
	await subscriptions.put(first);
	const { id } = await take();
	await route();
	const [claimed] = await claim();
	if (!claimed) throw new Error('nothing was claimed');
	const event = await events.find(id);
	if (!event) throw new Error('the event is gone');
	expect(await deliveries.redeliver(event, [first], noon)).toBe(0);
	await settle(claimed, { state: 'dead', letterId: null });
	const second = subscriptionTo('shop', 'second');
	await subscriptions.put(second);
	expect(await deliveries.redeliver(event, [first, second], noon)).toBe(2);
	const again = await claim();
	expect(again.map(({ subscription }) => subscription.name).sort()).toEqual(['first', 'second']);
	expect(again.find(({ subscription }) => subscription.name === 'first')?.delivery).toMatchObject({
		attempts: 1,
		roundAttempts: 0,
	});
});

it('delivers a range again, by time, type, state and subscription', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	const inside = await take({ receivedAt: after(1_000) });
	const delivered = await take({ receivedAt: after(1_500) });
	await take({ receivedAt: after(1_000), type: 'order_made' });
	await take({ receivedAt: after(9_000) });
	await route();
	for (const each of await claim()) {
		const dead: AfterAttempt = { state: 'dead', letterId: null };
		await settle(each, each.event.id === delivered.id ? { state: 'delivered' } : dead);
	}
	const range = {
		endpoint: 'shop',
		from: after(1_000),
		to: after(9_000),
		events: ['order.*'],
		subscription: null,
		state: 'dead' as const,
	};
	expect(await deliveries.redeliverRange({ ...range, subscription: 'none' }, noon)).toBe(0);
	expect(await deliveries.redeliverRange(range, noon)).toBe(1);
	expect(idsOf(await claim())).toEqual([inside.id]);
	const everything = { ...range, events: null, state: 'all' as const };
	expect(await deliveries.redeliverRange(everything, noon)).toBe(2);
});

it('discards what a subscription that goes was not given', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all', { concurrency: 1 }));
	await take();
	await take();
	await route();
	const [underWay] = await claim();
	await subscriptions.remove('shop', 'all');
	if (underWay) expect(await settle(underWay)).toBe(false);
	const states = (await deliveries.list({}, all)).map(({ state }) => state);
	expect(states).toEqual(['discarded', 'discarded']);
	expect(await deliveries.nextDueAt()).toBeNull();
});

it('removes events whose time is over, and none that is not settled', async () => {
	await subscriptions.put(subscriptionTo('shop', 'all'));
	const old = { keepUntil: after(1_000), dedupUntil: after(1_000) };
	const [done, dead, waiting] = [await take(old), await take(old), await take(old)];
	await route();
	for (const each of await claim()) {
		if (each.event.id === done.id) await settle(each);
		if (each.event.id === dead.id) await settle(each, { state: 'dead', letterId: null });
	}
	await take();
	const unrouted = await take(old);
	expect(await events.prune(noon, 100)).toBe(0);
	expect(await events.prune(after(1_000), 100)).toBe(1);
	expect(await events.find(done.id)).toBeNull();
	for (const { id } of [dead, waiting, unrouted]) expect(await events.find(id)).not.toBeNull();
	expect(await deliveries.count()).toEqual(
		expect.arrayContaining([
			{ endpoint: 'shop', state: 'dead', deliveries: 1 },
			{ endpoint: 'shop', state: 'delivering', deliveries: 1 },
		]),
	);
	expect(await deliveries.countArrivals()).toBe(2);
});

it('pages deliveries and narrows them', async () => {
	await subscriptions.put(subscriptionTo('shop', 'one'));
	await subscriptions.put(subscriptionTo('shop', 'two'));
	for (const type of ['a', 'b', 'c']) await take({ type });
	await route();
	const whole = await deliveries.list({}, all);
	expect(whole.map(({ eventType }) => eventType)).toEqual(['c', 'c', 'b', 'b', 'a', 'a']);
	const third = whole[2];
	if (!third) throw new Error('too few');
	const rest = { limit: 2, after: { position: third.eventPosition, id: third.id } };
	expect(await deliveries.list({}, rest)).toEqual(whole.slice(3, 5));
	expect(await deliveries.list({ subscription: 'two', eventType: 'b' }, all)).toHaveLength(1);
	expect(await deliveries.list({ state: 'dead' }, all)).toEqual([]);
});
