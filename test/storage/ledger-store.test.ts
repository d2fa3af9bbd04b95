import { brokenLaws, checkLaw } from '../../sidecar/conservation/check-law';
import type { LedgerName } from '../../sidecar/conservation/ledger';
import type { LedgerStore } from '../../sidecar/conservation/ledger-store';
import { newId } from '../../sidecar/kernel/ids';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createLedgerStore } from '../../sidecar/storage/ledger-store';
import { createWebhookDeliveryStore } from '../../sidecar/storage/webhook-delivery-store';
import { createWebhookEndpointStore } from '../../sidecar/storage/webhook-endpoint-store';
import { createWebhookEventStore } from '../../sidecar/storage/webhook-event-store';
import { createWebhookSubscriptionStore } from '../../sidecar/storage/webhook-subscription-store';
import { routeEvent } from '../../sidecar/webhooks/route-event';
import { after, environmentNamed, newLetter, noon } from '../support/dead-letters/letters';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { endpointNamed, eventOf, subscriptionTo } from '../support/webhooks/webhook-rows';

let database: FreshDatabase;
let ledgers: LedgerStore;
let stores: {
	events: ReturnType<typeof createWebhookEventStore>;
	deliveries: ReturnType<typeof createWebhookDeliveryStore>;
	letters: ReturnType<typeof createDeadLetterStore>;
};

beforeEach(async () => {
	database = await freshDatabase();
	const { pool } = database;
	ledgers = createLedgerStore(pool);
	stores = {
		events: createWebhookEventStore(pool),
		deliveries: createWebhookDeliveryStore(pool),
		letters: createDeadLetterStore(pool),
	};
	await createEnvironmentStore(pool).put(environmentNamed('production'));
	await createWebhookEndpointStore(pool).put(endpointNamed('shop'));
	const wanted = subscriptionTo('shop', 'orders', { events: ['order.*'] });
	await createWebhookSubscriptionStore(pool).put(wanted);
});
afterEach(async () => {
	await database.drop();
});

const ask = async (statement: string, values: unknown[] = []) =>
	await database.pool.query(statement, values);
const ledger = async (name: LedgerName) =>
	(await checkLaw(ledgers)).find((each) => each.ledger === name);
const accept = async (...types: string[]) => {
	const made = types.map((type) => eventOf('shop', { type }));
	for (const event of made) await stores.events.accept(event);
	return made;
};
const route = async () => await stores.deliveries.route(routeEvent, 100, noon);
/** Ends claimed deliveries one way each. */
const settle = async (...ends: Array<'delivered' | 'dead'>) => {
	const claimed = await stores.deliveries.claim({ owner: 'me', ttlMs: 30_000 }, noon, ends.length);
	for (const [at, { delivery }] of claimed.entries()) {
		const end = ends[at] === 'dead' ? { state: 'dead' as const, letterId: null } : null;
		const attempt = { number: 1, startedAt: noon, durationMs: 1, error: null, answer: null };
		const status = end ? 500 : 200;
		await stores.deliveries.settle(
			delivery,
			{ ...attempt, status },
			end ?? { state: 'delivered' },
			noon,
		);
	}
	return claimed.map(({ delivery }) => delivery.id);
};
/** As a statement on a database whose triggers somebody has put aside. */
const behindTriggers = async (statement: string) => {
	await ask(`begin; set local session_replication_role = replica; ${statement}; commit`);
};

it('counts an event until it was handed on, and then its deliveries to their end', async () => {
	await accept('order.made', 'order.paid', 'order.sent', 'user.made');
	await accept('order.made');
	expect(await ledger('events')).toMatchObject({ accepted: 5, inFlight: 5, imbalance: 0 });
	await route();
	expect(await ledger('events')).toMatchObject({ completed: 4, discarded: 1, inFlight: 0 });
	await settle('delivered', 'dead');
	await createWebhookSubscriptionStore(database.pool).remove('shop', 'orders');
	const sums = { accepted: 4, completed: 1, deadLettered: 1, discarded: 2, inFlight: 0 };
	expect(await ledger('deliveries')).toMatchObject({ ...sums, imbalance: 0, losses: [] });
});

it('says the same before and after the changes are put together, with an exact count too', async () => {
	await accept('order.made', 'user.made');
	await route();
	const before = await checkLaw(ledgers);
	await ledgers.fold();
	expect(await checkLaw(ledgers)).toEqual(before);
	expect((await ask('select from ledger_changes')).rowCount).toBe(0);
	await accept('order.made');
	await ledgers.recount();
	expect(await brokenLaws(ledgers)).toEqual([]);
	const counted = await ledger('events');
	expect(counted?.recount).toMatchObject({ missingRows: 0, missingInFlight: 0 });
});

it('keeps in its sums what retention removes', async () => {
	await accept('order.made', 'user.made');
	await route();
	await settle('delivered');
	expect(await stores.events.prune(after(8_000_000), 100)).toBe(2);
	await ledgers.recount();
	expect(await ledger('events')).toMatchObject({ accepted: 2, completed: 1, discarded: 1 });
	expect(await ledger('deliveries')).toMatchObject({ accepted: 1, completed: 1 });
	expect(await brokenLaws(ledgers)).toEqual([]);
});

it('takes letters as kept until they are resolved, discarded or expired', async () => {
	const letters = ['1', '2', '3'].map((executionId) => newLetter({ executionId }));
	for (const letter of letters) await stores.letters.accept(letter);
	await stores.letters.accept(newLetter({ executionId: '1' }));
	expect(await ledger('dead_letters')).toMatchObject({ accepted: 3, deadLettered: 3 });
	const [one] = letters;
	await stores.letters.move(one?.id ?? '', ['waiting'], 'resolved', 'done', noon);
	await stores.letters.expire(after(90_000_000));
	expect(await ledger('dead_letters')).toMatchObject({ completed: 1, discarded: 2, imbalance: 0 });
});

it('counts letters that one statement moves to and fro, and notes nothing where none moves', async () => {
	for (const executionId of ['1', '2', '3', '4']) {
		await stores.letters.accept(newLetter({ executionId }));
	}
	await ask(`update dead_letters set state = 'scheduled' where execution_id in ('1', '2')`);
	expect(await ledger('dead_letters')).toMatchObject({ deadLettered: 2, inFlight: 2 });
	await ask(`update dead_letters set state = case execution_id
		when '1' then 'resolved' when '2' then 'waiting' when '3' then 'replaying' else state end`);
	expect(await ledger('dead_letters')).toMatchObject({
		completed: 1,
		deadLettered: 2,
		inFlight: 1,
		imbalance: 0,
	});
	const changes = async () =>
		(await database.pool.query(`select from ledger_changes where ledger = 'dead_letters'`))
			.rowCount;
	const noted = await changes();
	await ask(`update dead_letters set updated_at = now() where state = 'waiting'`);
	await ask(`update dead_letters set state = 'scheduled' where state = 'replaying'`);
	expect(await changes()).toBe(noted);
});

it.each<[string, LedgerName, string, string]>([
	['an event', 'events', 'delete from webhook_events where type = $1 returning id', 'order.made'],
	[
		'its place in the line',
		'events',
		`with gone as (delete from webhook_arrivals using webhook_events event
			where event.position = webhook_arrivals.position and event.type = $1 returning event.id)
		select gone.id from gone`,
		'order.made',
	],
	[
		'a delivery',
		'deliveries',
		`delete from webhook_deliveries where state = $1 returning id`,
		'pending',
	],
	[
		'a delivery that is dead',
		'deliveries',
		`delete from webhook_deliveries where state = $1 returning id`,
		'dead',
	],
	['a letter', 'dead_letters', 'delete from dead_letters where state = $1 returning id', 'waiting'],
	['an execution', 'executions', 'delete from executions where status = $1 returning id', 'queued'],
])('notices and names %s that is removed behind our back', async (_what, work, remove, value) => {
	await accept('order.paid', 'order.sent');
	await route();
	await settle('dead');
	await accept('order.made');
	await stores.letters.accept(newLetter({ executionIds: [] }));
	await ask(
		`insert into executions (id, environment, origin, workflow_id, status, accepted_at)
		values ($1, 'production', 'api', 'orders', 'queued', now())`,
		[newId()],
	);
	expect(await brokenLaws(ledgers)).toEqual([]);
	const { rows } = await database.pool.query<{ id: string }>(remove, [value]);
	expect(rows).toHaveLength(1);
	const named = rows.map(({ id }) => id);
	expect(await brokenLaws(ledgers)).toEqual([{ work, missing: 1, named }]);
	await ledgers.fold();
	await ledgers.recount();
	expect(await brokenLaws(ledgers)).toEqual([{ work, missing: 1, named }]);
	expect(await ledgers.writeOff(work)).toBe(1);
	expect(await brokenLaws(ledgers)).toEqual([]);
	await ledgers.recount();
	expect(await brokenLaws(ledgers)).toEqual([]);
});

it('finds with an exact count what no trigger saw, and lets it be written off', async () => {
	await accept('order.made', 'order.paid', 'user.made');
	await route();
	await settle('dead');
	await behindTriggers(`delete from webhook_deliveries where state = 'dead'`);
	await behindTriggers(`update webhook_deliveries set state = 'delivered'`);
	await behindTriggers('delete from dead_letters');
	expect(await brokenLaws(ledgers)).toEqual([]);
	await ledgers.recount();
	expect(await brokenLaws(ledgers)).toEqual([{ work: 'deliveries', missing: 1, named: [] }]);
	expect(await ledgers.writeOff('deliveries')).toBe(1);
	await ledgers.recount();
	expect(await brokenLaws(ledgers)).toEqual([]);
	await ask('truncate webhook_events, webhook_deliveries, webhook_arrivals cascade');
	await ledgers.recount();
	expect((await brokenLaws(ledgers)).map(({ work }) => work)).toEqual(['deliveries', 'events']);
});

it('names an execution that failed without a letter', async () => {
	const id = newId();
	await ask(
		`insert into executions (id, environment, origin, workflow_id, status, accepted_at)
		values ($1, 'production', 'api', 'orders', 'running', now())`,
		[id],
	);
	await ask(`update executions set status = 'failed', finished_at = now() where id = $1`, [id]);
	expect(await brokenLaws(ledgers)).toEqual([{ work: 'executions', missing: 1, named: [id] }]);
});

it('gives deliveries back to the sum that are made pending again', async () => {
	await accept('order.made');
	await route();
	await settle('dead');
	const range = { endpoint: 'shop', from: after(-1_000), to: after(1_000), events: null };
	await stores.deliveries.redeliverRange({ ...range, subscription: null, state: 'dead' }, noon);
	expect(await ledger('deliveries')).toMatchObject({ inFlight: 1, deadLettered: 0, imbalance: 0 });
});
