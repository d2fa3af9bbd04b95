import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createWebhookEventStore } from '../../sidecar/storage/webhook-event-store';
import type { EventStore } from '../../sidecar/webhooks/event';
import { after, environmentNamed, newLetter, noon } from '../support/dead-letters/letters';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { eventOf } from '../support/webhooks/webhook-rows';

let database: FreshDatabase;
let events: EventStore;

beforeAll(async () => {
	database = await freshDatabase();
	events = createWebhookEventStore(database.pool);
});
afterAll(async () => {
	await database.drop();
});

const newest: { limit: number; after: number | null } = { limit: 500, after: null };

it('keeps an event as it came', async () => {
	const event = eventOf('bytes', {
		body: Buffer.from([0, 0xff, 0x22, 0x5c, 0x0a]),
		headers: { 'content-type': 'application/octet-stream', odd: '"{},\\' },
		type: 'nul\0in type',
		orderingKey: 'key {1} \ud800',
		query: 'a=1&b=%20',
	});
	expect(await events.accept(event)).toEqual({ id: event.id, duplicate: false });
	expect(await events.find(event.id)).toMatchObject({
		body: event.body,
		headers: event.headers,
		query: event.query,
		type: 'nul\u{fffd}in type',
		orderingKey: 'key {1} \u{fffd}',
		bytes: 5,
		receivedAt: noon,
		routedAt: null,
	});
});

it('answers a repeated event with the first, within a batch, after it and over replicas', async () => {
	const first = eventOf('repeated', { providerId: 'evt_1' });
	const again = () => eventOf('repeated', { providerId: 'evt_1' });
	const replica = createWebhookEventStore(database.pool);
	const answers = await Promise.all([
		events.accept(first),
		...Array.from({ length: 20 }, async () => await events.accept(again())),
		...Array.from({ length: 20 }, async () => await replica.accept(again())),
	]);
	const [kept] = answers;
	expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
	expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
	expect(await events.accept(again())).toEqual({ id: kept?.id, duplicate: true });
	expect(await events.list({ endpoint: 'repeated' }, newest)).toHaveLength(1);
	// The same id of another sender is another event.
	expect(await events.accept(eventOf('other', { providerId: 'evt_1' }))).toMatchObject({
		duplicate: false,
	});
});

it('takes the same id as new when its window is over', async () => {
	const first = eventOf('windows', { providerId: 'evt_1', dedupUntil: after(1_000) });
	const at = (ms: number) =>
		eventOf('windows', {
			providerId: 'evt_1',
			receivedAt: after(ms),
			dedupUntil: after(ms + 1_000),
		});
	await events.accept(first);
	expect(await events.accept(at(999))).toEqual({ id: first.id, duplicate: true });
	const second = at(1_000);
	expect(await events.accept(second)).toEqual({ id: second.id, duplicate: false });
	expect(await events.accept(at(1_500))).toEqual({ id: second.id, duplicate: true });
});

it('keeps what comes at once by few statements, and each in its place', async () => {
	const many = Array.from({ length: 1_200 }, (_, nth) => eventOf('many', { type: `t${nth}` }));
	const answers = await Promise.all(many.map(async (event) => await events.accept(event)));
	expect(answers).toEqual(many.map(({ id }) => ({ id, duplicate: false })));
	const one = await events.find(many[700]?.id ?? '');
	expect(one).toMatchObject({ type: 't700', body: many[700]?.body });
});

it('lists newest first, by page and filter', async () => {
	const made = [];
	for (const nth of [1, 2, 3, 4]) {
		const event = eventOf('listed', {
			type: nth % 2 ? 'odd' : 'even',
			orderingKey: `key ${nth}`,
			receivedAt: after(nth * 1_000),
		});
		await events.accept(event);
		made.unshift(event.id);
	}
	const list = async (filter: object, page = newest) =>
		(await events.list({ endpoint: 'listed', ...filter }, page)).map(({ id }) => id);
	expect(await list({})).toEqual(made);
	const [, second] = await events.list({ endpoint: 'listed' }, newest);
	const rest = { limit: 1, after: second?.position ?? 0 };
	expect(await list({}, rest)).toEqual([made[2]]);
	expect(await list({ type: 'odd' })).toEqual([made[1], made[3]]);
	expect(await list({ orderingKey: 'key 2' })).toEqual([made[2]]);
	expect(await list({ from: after(2_000), to: after(4_000) })).toEqual([made[1], made[2]]);
});

describe('in one transaction with what they tell', () => {
	const told = async () => await events.list({ endpoint: 'orchestration' }, newest);

	it('keeps an event of a new dead letter, and none of a repeated report', async () => {
		await createEnvironmentStore(database.pool).put(environmentNamed('production'));
		const letters = createDeadLetterStore(database.pool);
		const letter = newLetter({ error: { ...newLetter().error, message: 'bad "quote" \0' } });
		await letters.accept(letter);
		await letters.accept({ ...letter, id: newLetter().id });
		const [event, ...more] = await told();
		expect(more).toEqual([]);
		expect(event).toMatchObject({
			type: 'dead_letter.created',
			subject: letter.id,
			environment: 'production',
		});
		const stored = await events.find(event?.id ?? '');
		const body: unknown = JSON.parse(stored?.body.toString() ?? '');
		expect(body).toMatchObject({
			type: 'dead_letter.created',
			timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
			subject: letter.id,
			environment: 'production',
			data: { id: letter.id, workflowId: 'orders', errorClass: 'unknown', state: 'waiting' },
		});
	});

	it('keeps one of the end of a promotion', async () => {
		const { pool } = database;
		await pool.query(`
			insert into releases (id, environment, digest, manifest, created_by, created_at)
			values ('0198c0de-0000-7000-8000-000000000001', 'production', 'd', '[]', 'me', now())`);
		await pool.query(`
			insert into promotions (id, release_id, from_environment, to_environment, phase, spec, plan,
				created_by, created_at, updated_at)
			values ('0198c0de-0000-7000-8000-000000000002', '0198c0de-0000-7000-8000-000000000001',
				'production', 'production', 'planned', '{}', '{}', 'me', now(), now())`);
		for (const phase of ['applying', 'verifying', 'succeeded', 'succeeded']) {
			await pool.query('update promotions set phase = $1', [phase]);
		}
		const ended = (await told()).filter(({ type }) => type === 'promotion.finished');
		expect(ended).toMatchObject([
			{ subject: '0198c0de-0000-7000-8000-000000000002', environment: 'production' },
		]);
	});
});
