import { createHash } from 'node:crypto';
import { judge, judgeAtDeadline, type JoinPolicy } from '../../sidecar/joins/join';
import type { JoinStore, NewJoin } from '../../sidecar/joins/join-store';
import { newId } from '../../sidecar/kernel/ids';
import type { ParkedStore } from '../../sidecar/parking/parked-store';
import { createJoinStore } from '../../sidecar/storage/join-store';
import { createParkedStore } from '../../sidecar/storage/parked-store';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { addEnvironment } from './environments';

let database: FreshDatabase;
let joins: JoinStore;
let parked: ParkedStore;
let visit = 0;

beforeAll(async () => {
	database = await freshDatabase();
	joins = createJoinStore(database.pool);
	parked = createParkedStore(database.pool);
	await addEnvironment(database.pool, 'dev');
});
afterAll(async () => {
	await database.drop();
});

async function create(policy: JoinPolicy, children: number, given: Partial<NewJoin> = {}) {
	visit += 1;
	const id = newId();
	const parent = { executionId: '4711', nodeId: 'gate', visit };
	const join: NewJoin = {
		id,
		environment: 'dev',
		workflowId: 'child',
		policy,
		atOnce: 10,
		childDeadlineMs: null,
		deadlineMs: null,
		parent,
		children,
		...given,
	};
	const ticket = {
		...parent,
		id: newId(),
		environment: 'dev',
		tokenDigest: createHash('sha256').update('token').digest(),
		sealedToken: 'sealed',
		workflowId: null,
		joinId: id,
		wake: null,
	};
	const made = await joins.create(join, ticket);
	return {
		...made.join,
		again: async () => await joins.create({ ...join, id: newId() }, { ...ticket, id: newId() }),
	};
}
const ended = (state: 'succeeded' | 'failed' | 'cancelled') => ({
	state,
	executionId: '1',
	attempts: 1,
	error: state === 'succeeded' ? null : { message: 'no', errorClass: 'data' as const },
});
const settle = async (id: string, index: number, state: 'succeeded' | 'failed' = 'succeeded') =>
	await joins.settleChild(id, index, ended(state), judge);
const all = { limit: 10_000, after: null, bytes: Infinity };
const statesOf = async (id: string) =>
	(await joins.children(id, all)).map(({ state }) => state).sort();

it('parks its parent until it is over, and is one for one ticket', async () => {
	const join = await create({ mode: 'collect' }, 3);
	expect(join).toMatchObject({ state: 'running', started: false, counts: { total: 3 } });
	expect(await join.again()).toMatchObject({ created: false, join: { id: join.id } });
	const ticket = await parked.find(join.ticketId);
	expect(ticket).toMatchObject({ state: 'parked', wakeAt: null, dueAt: null, joinId: join.id });
	for (const index of [2, 0]) expect(await settle(join.id, index)).toBeNull();
	expect((await parked.find(join.ticketId))?.dueAt).toBeNull();
	expect(await settle(join.id, 1, 'failed')).toMatchObject({
		state: 'succeeded',
		counts: { total: 3, succeeded: 2, failed: 1, cancelled: 0 },
	});
	const due = await parked.claim('dev', { owner: 'me', leaseMs: 60_000, limit: 10 });
	expect(due.map(({ id }) => id)).toEqual([join.ticketId]);
});

it('refuses a ticket that waits for a time', async () => {
	const join = await create({ mode: 'all' }, 1);
	await database.pool.query('delete from joins where joins.id = $1', [join.id]);
	await expect(join.again()).rejects.toMatchObject({ code: 'invalid_request' });
});

it('counts a child once, however often and by whomever it is told', async () => {
	const join = await create({ mode: 'collect' }, 30);
	const told = Array.from({ length: 30 }, (_, index) => [index, index, index]).flat();
	const ends = await Promise.all(told.map(async (index) => await settle(join.id, index)));
	expect(ends.filter((end) => end !== null)).toHaveLength(1);
	expect(await joins.find(join.id)).toMatchObject({
		state: 'succeeded',
		counts: { total: 30, succeeded: 30, failed: 0, cancelled: 0 },
	});
});

it('cancels the open children when the answer is known, and hears no more of them', async () => {
	const join = await create({ mode: 'first' }, 4);
	await joins.keepItems(join.id, 1, [{ json: { half: 'done' } }]);
	await settle(join.id, 3, 'failed');
	expect(await settle(join.id, 0)).toMatchObject({ counts: { succeeded: 1, cancelled: 2 } });
	await joins.keepItems(join.id, 1, [{ json: { too: 'late' } }]);
	expect(await settle(join.id, 1)).toBeNull();
	expect(await joins.find(join.id)).toMatchObject({ counts: { succeeded: 1, cancelled: 2 } });
	expect(await joins.children(join.id, all)).toMatchObject([
		{ state: 'succeeded', error: null },
		{ state: 'cancelled', items: [], error: { message: expect.stringContaining('Not needed') } },
		{ state: 'cancelled' },
		{ state: 'failed', error: { message: 'no', errorClass: 'data' } },
	]);
	expect(await joins.toCancel(10)).toContain(join.id);
	await joins.markCancelled(join.id);
	expect(await joins.toCancel(10)).not.toContain(join.id);
});

it('has one end, whoever ends it first', async () => {
	const join = await create({ mode: 'collect' }, 1);
	const ends = await Promise.all([
		settle(join.id, 0),
		joins.end(join.id, () => ({ state: 'cancelled', because: 'by hand' })),
		joins.end(join.id, judgeAtDeadline),
	]);
	expect(ends.filter((end) => end !== null)).toHaveLength(1);
	const { counts } = (await joins.find(join.id))!;
	expect(counts.succeeded + counts.failed + counts.cancelled).toBe(1);
	expect(await joins.end(newId(), judgeAtDeadline)).toBeNull();
});

it('ends every child in one way under any order of ends', async () => {
	const join = await create({ mode: 'quorum', quorum: 10 }, 25);
	const work = Array.from({ length: 25 }, async (_, index) => {
		await joins.keepItems(join.id, index, [{ json: { index } }]);
		return await settle(join.id, index, index % 3 === 0 ? 'failed' : 'succeeded');
	});
	await Promise.all(work);
	const { counts, state } = (await joins.find(join.id))!;
	expect(state).toBe('succeeded');
	const states = await statesOf(join.id);
	const count = (one: string) => states.filter((each) => each === one).length;
	expect({
		total: 25,
		succeeded: count('succeeded'),
		failed: count('failed'),
		cancelled: count('cancelled'),
	}).toEqual(counts);
	expect(counts.succeeded).toBe(10);
});

it('gives results page by page, and no more at once than asked for', async () => {
	const join = await create({ mode: 'collect' }, 5);
	const large = [{ json: { text: 'x'.repeat(1_000), nul: '\0' } }];
	for (let index = 0; index < 5; index += 1) {
		await joins.keepItems(join.id, index, large);
		await settle(join.id, index, index === 2 ? 'failed' : 'succeeded');
	}
	const indexes = async (after: number | null, limit: number, bytes: number) =>
		(await joins.children(join.id, { after, limit, bytes })).map(({ index }) => index);
	expect(await indexes(null, 3, Infinity)).toEqual([0, 1, 2]);
	expect(await indexes(2, 3, Infinity)).toEqual([3, 4]);
	expect(await indexes(null, 5, 2_400)).toEqual([0, 1]);
	expect(await indexes(1, 5, 1)).toEqual([2]);
	expect(await indexes(4, 5, Infinity)).toEqual([]);
	const [first, , third] = await joins.children(join.id, all);
	expect([first?.items, third?.items]).toEqual([large, []]);
	expect(await joins.sizeOf(join.id)).toBeGreaterThan(4_000);
});

it('finds what is overdue, what was never started, and parents that nobody looked for', async () => {
	const overdue = await create({ mode: 'all' }, 1, { deadlineMs: 0 });
	const patient = await create({ mode: 'all' }, 1, { deadlineMs: 3_600_000 });
	const started = await create({ mode: 'all' }, 1);
	await joins.markStarted(started.id);
	expect(await joins.overdue(100)).toContain(overdue.id);
	expect(await joins.overdue(100)).not.toContain(patient.id);
	const abandoned = await joins.abandoned(0, 100);
	expect(abandoned).toContain(patient.id);
	expect(abandoned).not.toContain(started.id);
	expect(await joins.abandoned(3_600_000, 100)).toEqual([]);
	expect(await joins.claimParents(3_600_000, 100)).toEqual([]);
	expect((await joins.claimParents(0, 100)).map(({ id }) => id)).toContain(started.id);
	expect(await joins.noteParent(started.id, false)).toBe(1);
	expect(await joins.noteParent(started.id, false)).toBe(2);
	expect(await joins.noteParent(started.id, true)).toBe(0);
	await joins.end(overdue.id, judgeAtDeadline);
	await joins.markCancelled(overdue.id);
	await joins.purge(new Date(Date.now() + 3_600_000));
	expect(await joins.find(overdue.id)).not.toBeNull();
	await database.pool.query(`update parked set settled_at = now() where parked.id = $1`, [
		overdue.ticketId,
	]);
	await joins.purge(new Date(Date.now() + 3_600_000));
	expect([await joins.find(overdue.id), (await joins.find(patient.id))?.id]).toEqual([
		null,
		patient.id,
	]);
});
