import { emptyChain, hashOf, type AuditEvent } from '../../sidecar/audit/audit-entry';
import type { AuditStore } from '../../sidecar/audit/audit-store';
import { verifyChain } from '../../sidecar/audit/verify-chain';
import { newId } from '../../sidecar/kernel/ids';
import { createAuditStore } from '../../sidecar/storage/audit-store';
import { createPool, type Pool } from '../../sidecar/storage/pool';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';

let database: FreshDatabase;
let store: AuditStore;

beforeAll(async () => {
	database = await freshDatabase();
	store = createAuditStore(database.pool);
});

beforeEach(async () => {
	await tamper(`delete from audit_log; delete from audit_intents;
		update audit_head set seq = 0, hash = repeat('0', 64)`);
});

afterAll(async () => {
	await database.drop();
});

const event = (more: Partial<AuditEvent> = {}): AuditEvent => ({
	at: new Date('2031-04-01T12:00:00.123Z'),
	actor: 'pipeline',
	action: 'PUT /api/v1/quotas/{tenant}',
	subject: 'acme',
	environment: null,
	outcome: 'ok',
	requestId: 'r-1',
	details: { status: 200, note: 'ünï \u0000 \ud83d\ude00', nothing: undefined, half: 0.1 },
	...more,
});

const append = async (count: number) => {
	for (let index = 0; index < count; index += 1) {
		await store.append(event({ subject: `s-${index}` }));
	}
};

/** What a person with all rights on the database can do. */
const tamper = async (sql: string) => {
	await database.pool.query('alter table audit_log disable trigger user');
	await database.pool.query(sql);
	await database.pool.query('alter table audit_log enable trigger user');
};

it('is whole while it is empty, and after entries of every kind', async () => {
	expect(await verifyChain(store)).toEqual({ intact: true, entries: 0, head: emptyChain });
	await append(3);
	await store.append(event({ subject: null, actor: 'a\0b', details: {} }));
	expect(await verifyChain(store)).toMatchObject({ intact: true, entries: 4, head: { seq: 4 } });
});

it('stays one chain when three replicas append at once', async () => {
	const pools: Pool[] = [1, 2, 3].map(() =>
		createPool(database.connectionString, { max: 3, log: quietLog() }),
	);
	const replicas = pools.map(createAuditStore);
	await Promise.all(
		replicas.flatMap((replica, who) =>
			Array.from({ length: 60 }, async (_, index) => {
				await replica.append(event({ actor: `replica-${who}`, subject: String(index) }));
			}),
		),
	);
	expect(await verifyChain(store)).toMatchObject({ intact: true, entries: 180 });
	await Promise.all(pools.map(async (pool) => await pool.end()));
});

it.each(['update audit_log set actor = $$x$$', 'delete from audit_log', 'truncate audit_log'])(
	'refuses: %s',
	async (sql) => {
		await append(1);
		await expect(database.pool.query(sql)).rejects.toThrow('append-only');
		expect(await verifyChain(store)).toMatchObject({ intact: true, entries: 1 });
	},
);

it.each<[string, string, { seq: number; kind: string }]>([
	[
		'a changed actor',
		`update audit_log set actor = 'x' where seq = 4`,
		{ seq: 4, kind: 'changed' },
	],
	[
		'changed details',
		`update audit_log set details = '{"status":201}' where seq = 1`,
		{ seq: 1, kind: 'changed' },
	],
	['a removed entry', `delete from audit_log where seq = 3`, { seq: 3, kind: 'missing' }],
	['a removed end', `delete from audit_log where seq > 4`, { seq: 5, kind: 'cut' }],
	['a removed start', `delete from audit_log where seq <= 2`, { seq: 1, kind: 'missing' }],
	[
		'an inserted entry',
		`update audit_log set seq = seq + 100 where seq > 3;
		update audit_log set seq = seq - 99 where seq > 100;
		insert into audit_log select 4, at, actor, action, subject, environment, outcome, request_id,
			details, previous_hash, hash from audit_log where seq = 3;
		update audit_head set seq = 7`,
		{ seq: 4, kind: 'changed' },
	],
	[
		'two that changed places',
		`update audit_log set seq = 99 where seq = 2;
		update audit_log set seq = 2 where seq = 3;
		update audit_log set seq = 3 where seq = 99`,
		{ seq: 2, kind: 'changed' },
	],
])('finds %s and says where', async (_what, sql, fault) => {
	await append(6);
	await tamper(sql);
	expect(await verifyChain(store)).toMatchObject({ intact: false, fault });
});

it('finds an entry replaced with a right hash of its own by the one after it', async () => {
	await append(3);
	const [, second] = await store.readAfter(0, 3);
	if (!second) throw new Error('expected three entries');
	const hash = hashOf({ ...second, actor: 'somebody else' });
	await tamper(`update audit_log set actor = 'somebody else', hash = '${hash}' where seq = 2`);
	expect(await verifyChain(store)).toMatchObject({ fault: { seq: 3, kind: 'unlinked' } });
});

it('proves by a head noted elsewhere that the chain was not written anew', async () => {
	await append(2);
	const noted = await store.head();
	await append(2);
	expect(await verifyChain(store, noted)).toMatchObject({ intact: true, entries: 4 });
	const other = { ...noted, hash: 'f'.repeat(64) };
	expect(await verifyChain(store, other)).toMatchObject({ fault: { seq: 2, kind: 'changed' } });
	expect(await verifyChain(store, { ...noted, seq: 9 })).toMatchObject({ fault: { kind: 'cut' } });
});

it('writes down what a process had begun when it died, and nothing twice', async () => {
	const [died, ended] = [newId(), newId()];
	await store.intend(died, event({ subject: 'died' }));
	await store.intend(ended, event({ subject: 'ended' }));
	await store.append(event({ subject: 'ended' }), ended);
	const later = new Date('2031-04-01T13:00:00Z');
	expect(await store.recover(new Date('2031-04-01T11:00:00Z'))).toBe(0);
	expect(await store.recover(later)).toBe(1);
	expect(await store.recover(later)).toBe(0);
	const entries = await store.list({}, { limit: 10, beforeSeq: null });
	expect(entries.map(({ subject }) => subject)).toEqual(['died', 'ended']);
	expect(await verifyChain(store)).toMatchObject({ intact: true });
});

it('filters by each of its fields, newest first', async () => {
	await append(3);
	await store.append(
		event({ actor: 'eve', environment: 'dev', outcome: 'refused', at: new Date('2032-01-01') }),
	);
	const seqs = async (filter: Parameters<AuditStore['list']>[0], beforeSeq: number | null = null) =>
		(await store.list(filter, { limit: 10, beforeSeq })).map(({ seq }) => seq);
	expect(await seqs({})).toEqual([4, 3, 2, 1]);
	expect(await seqs({}, 3)).toEqual([2, 1]);
	expect(await seqs({ actor: 'eve' })).toEqual([4]);
	expect(await seqs({ environment: 'dev' })).toEqual([4]);
	expect(await seqs({ outcome: 'refused' })).toEqual([4]);
	expect(await seqs({ subject: 's-1' })).toEqual([2]);
	expect(await seqs({ since: new Date('2031-12-01') })).toEqual([4]);
	expect(await seqs({ until: new Date('2031-12-01'), action: event().action })).toEqual([3, 2, 1]);
});
