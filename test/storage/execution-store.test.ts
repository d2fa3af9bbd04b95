import { defaultPolicy } from '../../sidecar/executions/execution';
import type {
	ExecutionClaim,
	ExecutionRequest,
	ExecutionStep,
	ExecutionStore,
	Learnt,
} from '../../sidecar/executions/execution-store';
import type { HistoryStore } from '../../sidecar/executions/history-store';
import { newId } from '../../sidecar/kernel/ids';
import { newTraceparent } from '../../sidecar/kernel/traceparent';
import { createBindingStore } from '../../sidecar/storage/binding-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createExecutionStore } from '../../sidecar/storage/execution-store';
import { createHistoryStore } from '../../sidecar/storage/history-store';
import { createLedgerStore } from '../../sidecar/storage/ledger-store';
import { environmentNamed } from '../support/dead-letters/letters';
import {
	failure,
	ids,
	many,
	observed,
	order,
	request,
	succeeded,
} from '../support/executions/requests';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;
let store: ExecutionStore;
let another: ExecutionStore;
let history: HistoryStore;

beforeAll(async () => {
	database = await freshDatabase();
	[store, another] = [createExecutionStore(database.pool), createExecutionStore(database.pool)];
	history = createHistoryStore(database.pool);
	const environments = createEnvironmentStore(database.pool);
	for (const name of ['dev', 'production']) await environments.put(environmentNamed(name));
});

afterAll(async () => {
	await database?.drop();
});

beforeEach(async () => {
	const { pool } = database;
	for (const table of ['executions', 'execution_groups', 'dispatch_turns', 'dispatch_clocks']) {
		await pool.query(`delete from ${table}`);
	}
	await pool.query('delete from dispatch_pauses');
	await pool.query('delete from quotas');
});

const step = async (
	claim: ExecutionClaim | undefined,
	what: ExecutionStep,
	learnt: Learnt = {},
) => {
	if (!claim) throw new Error('there is no claim');
	return (await store.step(claim, what, learnt, new Date())) !== null;
};

it('writes a batch down in its order, payloads as they are', async () => {
	const odd = { payload: { b: 1, a: ['\u0000', null, 1e21] } };
	const wanted = [request({ shownInput: odd }), ...many(3), request({ shownInput: { items: [] } })];
	const accepted = await store.accept(wanted);
	expect(ids(accepted)).toEqual(wanted.map(({ id }) => id));
	const found = await store.find(wanted[0]?.id ?? '');
	expect(JSON.stringify(found?.shownInput)).toBe(JSON.stringify(odd));
	expect(found).toMatchObject({ status: 'queued', policy: defaultPolicy });
});

it('takes an environment that is not there for a mistake, and writes nothing of the batch', async () => {
	const batch = [request(), request({ environment: 'nowhere' })];
	await expect(store.accept(batch)).rejects.toThrow();
	expect(await store.find(batch[0]?.id ?? '')).toBeNull();
});

it('makes one execution of one key, even within a batch and at the same moment', async () => {
	const keyed = () => request({ idempotencyKey: 'order-1' });
	const answers = await Promise.all([
		store.accept([keyed(), keyed()]),
		another.accept([keyed()]),
		store.accept([keyed()]),
	]);
	const all = answers.flat();
	expect(new Set(ids(all)).size).toBe(1);
	expect(all.filter(({ created }) => created)).toHaveLength(1);
	const elsewhere = await store.accept([
		request({ idempotencyKey: 'order-1', workflowId: 'other' }),
	]);
	expect(elsewhere[0]?.created).toBe(true);
});

it('takes a workflow by its key or by its id for the same one', async () => {
	await createBindingStore(database.pool).keyFor('dev', 'bound-1', 'order-intake');
	const named = (workflowId: string) => request({ workflowId, idempotencyKey: 'order-2' });
	const answers = await store.accept([named('order-intake'), named('bound-1')]);
	answers.push(...(await another.accept([named('order-intake')])));
	expect(new Set(ids(answers)).size).toBe(1);
	expect(answers.map(({ execution }) => execution.workflowId)).toEqual(Array(3).fill('bound-1'));
	const [elsewhere] = await store.accept([
		request({ environment: 'production', workflowId: 'order-intake' }),
	]);
	expect(elsewhere?.execution.workflowId).toBe('order-intake');
});

describe('taken as it is accepted', () => {
	const start = (...requests: ExecutionRequest[]) => ({
		owner: 'me',
		ttlMs: 60_000,
		traces: new Map(requests.map(({ id }) => [id, newTraceparent()])),
	});

	it('is under way with its first attempt, and nobody else claims it', async () => {
		const [one, other] = [request(), request()];
		const order1 = start(one);
		const accepted = await store.accept([one, other], order1);
		expect(accepted.map(({ claim }) => claim?.execution.id ?? null)).toEqual([one.id, null]);
		expect(accepted[0]?.claim).toMatchObject({
			execution: { status: 'running', attempts: 1, dueAt: null, startedAt: expect.any(Date) },
			attempt: { number: 1, status: 'running', traceparent: order1.traces.get(one.id) },
			fence: 1,
		});
		expect(await store.attemptsOf(one.id)).toHaveLength(1);
		expect(ids(await another.claim(order()))).toEqual([other.id]);
		expect(await step(accepted[0]?.claim ?? undefined, succeeded)).toBe(true);
		expect(await store.find(one.id)).toMatchObject({ status: 'succeeded', attempts: 1 });
	});

	it('is looked at by somebody else when its process is gone', async () => {
		const one = request();
		await store.accept([one], { ...start(one), ttlMs: -1 });
		const [look] = await another.claimLooks('other', 60_000, 10);
		expect(look?.execution).toMatchObject({ id: one.id, status: 'in-doubt' });
	});

	it.each([
		[
			'others wait in its environment',
			async () => {
				await store.accept([request({ workflowId: 'other' })]);
			},
		],
		['its workflow is paused', async () => await store.pause('dev', 'orders')],
		[
			'its tenant has a quota',
			async () => {
				await database.pool.query(
					`insert into quotas (key, policy, state, version, updated_at)
					values ('acme', '{"weight": 1, "concurrent": 1}', '{}', 1, now())`,
				);
			},
		],
	])('queues when %s', async (_, before) => {
		await before();
		const one = request({ tenant: 'acme' });
		const [accepted] = await store.accept([one], start(one));
		expect(accepted).toMatchObject({ created: true, claim: null, execution: { status: 'queued' } });
		expect(await store.attemptsOf(one.id)).toEqual([]);
	});

	it('is not taken a second time for the same key', async () => {
		const [one, again] = [request({ idempotencyKey: 'k' }), request({ idempotencyKey: 'k' })];
		await store.accept([one], start(one));
		const [accepted] = await another.accept([again], start(again));
		expect(accepted).toMatchObject({ created: false, claim: null, execution: { id: one.id } });
	});
});

it('gives each to one of many who claim at once', async () => {
	await store.accept(many(60));
	const claims = await Promise.all(
		Array.from(
			{ length: 8 },
			async (_, nth) =>
				await (nth % 2 ? store : another).claim(order({ owner: `p${nth}`, otherwise: 10 })),
		),
	);
	const taken = ids(claims.flat());
	expect(taken).toHaveLength(60);
	expect(new Set(taken).size).toBe(60);
	expect(claims.flat().every(({ attempt }) => attempt.number === 1)).toBe(true);
});

it('never lets more of a workflow run than its policy says, whoever claims', async () => {
	await store.accept(many(10, { policy: { ...defaultPolicy, concurrency: 3 } }));
	const claims = await Promise.all([store.claim(order()), another.claim(order({ owner: 'b' }))]);
	expect(claims.flat()).toHaveLength(3);
	await step(claims.flat()[0], succeeded);
	expect(await store.claim(order())).toHaveLength(1);
});

it('keeps a tenant to its quota over all environments', async () => {
	await database.pool.query(
		`insert into quotas (key, policy, state, version, updated_at)
		values ('acme', '{"weight": 1, "concurrent": 2}', '{}', 1, now())`,
	);
	await store.accept([
		...many(3, { tenant: 'acme' }),
		...many(3, { tenant: 'acme', environment: 'production' }),
		...many(2, { tenant: 'free' }),
	]);
	const tenants = (await store.claim(order())).map(({ execution }) => execution.tenant);
	expect(tenants.filter((tenant) => tenant === 'acme')).toHaveLength(2);
	expect(tenants.filter((tenant) => tenant === 'free')).toHaveLength(2);
});

it('sends nothing that is paused, not due, overdue or without a slot', async () => {
	const later = new Date(Date.now() + 3_600_000);
	const past = new Date(Date.now() - 1_000);
	const [overdue] = await store.accept([
		request({ deadline: past }),
		request({ dueAt: later }),
		request({ workflowId: 'paused' }),
		request({ environment: 'production' }),
	]);
	await store.pause('dev', 'paused');
	await store.pause('dev', 'paused');
	expect(await store.pausedSince('dev', 'paused')).toBeInstanceOf(Date);
	expect(await store.claim(order({ slots: new Map([['production', 0]]) }))).toEqual([]);
	await store.resume('dev', 'paused');
	expect(await store.claim(order())).toHaveLength(2);
	expect(ids(await store.claimOverdue('me', 1_000, 10))).toEqual([overdue?.execution.id]);
	expect(await store.nextIn()).not.toBeNull();
});

it('answers a step with the execution and its attempt as they are from then on', async () => {
	const { id } = request();
	await store.accept([request({ id })]);
	const stands = async () => ({
		execution: await store.find(id),
		attempt: (await store.attemptsOf(id)).at(-1),
	});
	const claimed = async () =>
		(await store.claim(order())).find(({ execution }) => execution.id === id);
	const first = await claimed();
	const at = new Date();
	const learnt = { route: 'webhook' as const, workflowName: 'Orders', engineExecutionId: '17' };
	const again: ExecutionStep = { to: 'queued', at, failure, attempt: 'failed' };
	expect(first && (await store.step(first, again, learnt, at))).toEqual(await stands());
	const second = await claimed();
	const followed: ExecutionStep = {
		to: 'followed',
		status: 'running',
		lookAt: at,
		result: { value: { early: 'answer' }, truncated: true },
	};
	expect(second && (await store.step(second, followed, learnt, at))).toEqual(await stands());
	const [look] = await store.claimLooks('me', 60_000, 10);
	const over: ExecutionStep = { to: 'succeeded', result: null };
	expect(look && (await store.step(look, over, { told: true }, at))).toEqual(await stands());
	expect((await stands()).execution).toMatchObject({ result: { early: 'answer' }, attempts: 2 });
});

it('answers null for a result that is nothing, as it is kept', async () => {
	await store.accept([request()]);
	const [claim] = await store.claim(order());
	const nothing: ExecutionStep = {
		to: 'succeeded',
		result: { value: undefined, truncated: false },
	};
	const stepped = claim && (await store.step(claim, nothing, {}, new Date()));
	expect(stepped?.execution.result).toBeNull();
	expect((await store.find(claim?.execution.id ?? ''))?.result).toBeNull();
});

it('lets only the last who claimed write', async () => {
	await store.accept([request()]);
	const [first] = await store.claim(order({ ttlMs: -1 }));
	const [taken] = await another.claimLooks('other', 60_000, 10);
	expect(taken?.execution).toMatchObject({ status: 'in-doubt', attempts: 1 });
	expect(taken?.attempt.traceparent).toBe(first?.attempt.traceparent);
	expect(await step(first, succeeded)).toBe(false);
	expect(await step(taken, succeeded)).toBe(true);
	expect(await store.find(taken?.execution.id ?? '')).toMatchObject({
		status: 'succeeded',
		result: [1],
	});
	expect(await step(taken, { to: 'canceled' })).toBe(false);
});

it('keeps what is renewed, and only that of its owner', async () => {
	await store.accept(many(2));
	await store.claim(order({ owner: 'a', otherwise: 1, ttlMs: -1 }));
	await store.claim(order({ owner: 'b', otherwise: 1, ttlMs: -1 }));
	await store.renew('a', 60_000);
	expect(await store.claimLooks('c', 1_000, 10)).toHaveLength(1);
});

describe('a look that is asked for at once', () => {
	const sent = async (owner: string) => {
		await store.accept([request()]);
		const [claim] = await store.claim(order({ owner }));
		return claim;
	};
	const followed = async (engineExecutionId: string) => {
		const claim = await sent('a');
		const lookAt = new Date(Date.now() + 3_600_000);
		await step(claim, { to: 'followed', status: 'waiting', lookAt }, { engineExecutionId });
		return claim;
	};
	const looks = async () => ids(await another.claimLooks('c', 60_000, 10));

	it('comes at a crash, whoever holds the execution and renews its lease', async () => {
		const held = await sent('a');
		const traceparent = held?.attempt.traceparent ?? '';
		await store.lookAtCrashed('production', traceparent);
		expect(await looks()).toEqual([]);
		await store.lookAtCrashed('dev', traceparent);
		await store.renew('a', 60_000);
		expect(await looks()).toEqual([held?.execution.id]);
		expect(await store.find(held?.execution.id ?? '')).toMatchObject({ status: 'in-doubt' });
		expect(await step(held, succeeded)).toBe(false);
	});

	it('comes before those that have waited longer for theirs', async () => {
		const early = await sent('a');
		await step(early, { to: 'followed', status: 'running', lookAt: new Date(2020, 1) });
		const late = await followed('4711');
		await store.lookAtCrashed('dev', late?.attempt.traceparent ?? '');
		expect(ids(await another.claimLooks('c', 60_000, 1))).toEqual([late?.execution.id]);
	});

	it('comes for one that the engine has no more, unless its call is still open', async () => {
		const gone = await followed('4711');
		await store.lookAtGone('production', '4711');
		expect(await looks()).toEqual([]);
		await store.lookAtGone('dev', '4711');
		expect(await looks()).toEqual([gone?.execution.id]);
		await store.lookAtGone('dev', '4711');
		expect(await looks()).toEqual([]);
	});

	it('comes for nothing that is settled or queued', async () => {
		const over = await sent('a');
		await step(over, succeeded);
		const again = await sent('a');
		await step(again, { to: 'queued', at: new Date(), failure, attempt: 'failed' });
		for (const claim of [over, again]) {
			await store.lookAtCrashed('dev', claim?.attempt.traceparent ?? '');
		}
		expect(await looks()).toEqual([]);
	});
});

it('counts an attempt that was put off for none, and keeps one that failed', async () => {
	await store.accept([request()]);
	const [first] = await store.claim(order());
	await step(first, { to: 'deferred', at: new Date() });
	const [again] = await store.claim(order());
	expect(again?.attempt.number).toBe(1);
	await step(again, { to: 'queued', at: new Date(), failure, attempt: 'failed' });
	const [second] = await store.claim(order());
	expect(second?.attempt.number).toBe(2);
	const id = second?.execution.id ?? '';
	await step(second, { to: 'failed', outcome: 'error', failure, letterId: newId() });
	expect((await store.attemptsOf(id)).map(({ status }) => status)).toEqual(['failed', 'failed']);
	expect(await store.find(id)).toMatchObject({ errorClass: 'transient', outcome: 'error' });
});

it('lets no more of a group be under way than it may, and passes places on', async () => {
	const group = { id: 'join-1', atOnce: 2 };
	await store.accept(many(3, { group }));
	await another.accept(many(2, { group }));
	const first = await store.claim(order());
	expect(first).toHaveLength(2);
	expect(await store.claim(order())).toEqual([]);
	await Promise.all(first.map(async (claim) => await step(claim, succeeded)));
	const next = await store.claim(order());
	expect(next).toHaveLength(2);
	const [held] = await store.list(
		{ groupId: 'join-1', status: 'queued' },
		{ limit: 9, after: null },
	);
	await store.cancel(held?.id ?? '', new Date());
	await step(next[0], succeeded);
	await step(next[1], succeeded);
	expect(await store.countsOf('join-1')).toEqual({ succeeded: 4, canceled: 1 });
	const { rows } = await database.pool.query('select active from execution_groups');
	expect(rows).toEqual([{ active: 0 }]);
	await store.accept(many(3, { group }));
	expect(await store.claim(order())).toHaveLength(2);
});

it('cancels a queued one for good and marks one under way', async () => {
	const [queued] = await store.accept([request()]);
	const canceled = await store.cancel(queued?.execution.id ?? '', new Date());
	expect(canceled).toMatchObject({ status: 'canceled', outcome: 'canceled' });
	expect(await store.cancel(queued?.execution.id ?? '', new Date())).toBeNull();
	expect(await store.claim(order())).toEqual([]);
	await store.accept([request()]);
	const [running] = await store.claim(order());
	expect(await store.cancel(running?.execution.id ?? '', new Date())).toMatchObject({
		status: 'running',
		cancelRequested: true,
	});
	expect((await store.toStop(5)).map(({ id }) => id)).toEqual([running?.execution.id]);
});

it.each<ExecutionStep>([
	{ to: 'deferred', at: new Date(2020, 1) },
	{ to: 'queued', at: new Date(2020, 1), failure, attempt: 'never-started' },
])('does not queue again what was canceled while it was sent ($to)', async (back) => {
	await store.accept(many(2, { group: { id: 'join-1', atOnce: 1 } }));
	const [claim] = await store.claim(order());
	await store.cancel(claim?.execution.id ?? '', new Date());
	expect(await store.step(claim as ExecutionClaim, back, {}, new Date())).toMatchObject({
		execution: { status: 'canceled', outcome: 'canceled', attempts: 1 },
		attempt: { status: 'canceled' },
	});
	// Its place in the group goes on.
	expect(await store.claim(order())).toHaveLength(1);
	expect(await step(claim, back)).toBe(false);
});

it('accounts for all it has accepted, whatever is observed beside', async () => {
	const became = async () => {
		const sums = await createLedgerStore(database.pool).sums();
		const found = sums.find(({ ledger }) => ledger === 'executions');
		if (!found) throw new Error('there is no ledger of executions');
		const { accepted, completed, deadLettered, discarded, inFlight } = found;
		return { accepted, completed, deadLettered, discarded, inFlight };
	};
	const before = await became();
	await store.accept(many(6));
	const claims = await store.claim(order({ otherwise: 4 }));
	await step(claims[0], succeeded);
	await step(claims[1], { to: 'failed', outcome: 'error', failure, letterId: newId() });
	await step(claims[2], { to: 'canceled' });
	await history.observe('dev', [observed('1')]);
	expect(await became()).toEqual({
		accepted: before.accepted + 6,
		completed: before.completed + 1,
		deadLettered: before.deadLettered + 1,
		discarded: before.discarded + 1,
		inFlight: before.inFlight + 3,
	});
	expect(await store.queueDepth()).toMatchObject([{ environment: 'dev', queued: 2 }]);
});

it('purges in small batches what is settled and told, and nothing else', async () => {
	await store.accept(many(4));
	const claims = await store.claim(order({ otherwise: 3 }));
	for (const claim of claims.slice(0, 2)) {
		await store.step(claim, succeeded, { told: true }, new Date());
	}
	await step(claims[2], succeeded);
	const soon = new Date(Date.now() + 1_000);
	expect((await store.untold(soon, 9)).map(({ id }) => id)).toEqual([claims[2]?.execution.id]);
	expect([await store.purge(soon, 1), await store.purge(soon, 5)]).toEqual([1, 1]);
	await store.markTold([claims[2]?.execution.id ?? '']);
	expect(await store.purge(soon, 5)).toBe(1);
	expect(await store.list({}, { limit: 9, after: null })).toMatchObject([{ status: 'queued' }]);
});

it('finds by each filter, page by page', async () => {
	await store.accept(many(5, { tenant: 'acme', workflowName: 'Order intake' }));
	const [claim] = await store.claim(order({ otherwise: 1 }));
	await step(claim, { to: 'failed', outcome: 'error', failure, letterId: newId() });
	const list = async (filter: object) => await store.list(filter, { limit: 10, after: null });
	for (const filter of [
		{ status: 'failed' },
		{ outcome: 'error' },
		{ errorClass: 'transient' },
		{ failedNode: 'Call' },
		{ search: 'GOOD' },
	]) {
		expect(await list(filter)).toHaveLength(1);
	}
	for (const filter of [{ tenant: 'acme' }, { search: 'order in' }, { origin: 'api' }]) {
		expect(await list(filter)).toHaveLength(5);
	}
	expect(await list({ acceptedFrom: new Date(Date.now() + 60_000) })).toEqual([]);
	const page = await store.list({ environment: 'dev' }, { limit: 3, after: null });
	const rest = await store.list({ environment: 'dev' }, { limit: 3, after: page[2]?.id ?? '' });
	expect(new Set([...page, ...rest].map(({ id }) => id)).size).toBe(5);
});
