import type { ExecutionStore } from '../../sidecar/executions/execution-store';
import type { HistoryStore } from '../../sidecar/executions/history-store';
import { newTraceparent } from '../../sidecar/kernel/traceparent';
import { createDeadLetterStore } from '../../sidecar/storage/dead-letter-store';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createExecutionStore } from '../../sidecar/storage/execution-store';
import { createHistoryStore } from '../../sidecar/storage/history-store';
import { createPool } from '../../sidecar/storage/pool';
import { environmentNamed, newLetter } from '../support/dead-letters/letters';
import { failure, many, observed, order, request } from '../support/executions/requests';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';
import { rowsRead } from '../support/postgres/rows-read';

let database: FreshDatabase;
let store: ExecutionStore;
let history: HistoryStore;

beforeAll(async () => {
	database = await freshDatabase();
	store = createExecutionStore(database.pool);
	history = createHistoryStore(database.pool);
	await createEnvironmentStore(database.pool).put(environmentNamed('dev'));
});

afterAll(async () => {
	await database?.drop();
});

beforeEach(async () => {
	await database.pool.query('delete from executions');
});

const all = async () => await store.list({}, { limit: 10, after: null });

it('is brought up to date, never back', async () => {
	await history.observe('dev', [observed('7', { status: 'running', outcome: null })]);
	expect(await history.open('dev', 10)).toEqual(['7']);
	await history.observe('dev', [observed('7')]);
	await history.observe('dev', [observed('7', { status: 'running', outcome: null })]);
	expect(await all()).toMatchObject([{ status: 'succeeded', origin: 'observed' }]);
	expect(await history.open('dev', 10)).toEqual([]);
});

it('does not show a run of ours twice: not before its id is known, and not after', async () => {
	await store.accept([request()]);
	const [claim] = await store.claim(order());
	await history.observe('dev', [observed('8'), observed('9')]);
	expect(await all()).toHaveLength(1);
	const [eight, nine] = await history.provisional('dev', 10);
	if (!claim || !eight || !nine) throw new Error('nothing is provisional');
	expect(await history.claimForOurs(nine, newTraceparent())).toBe(false);
	expect(await history.claimForOurs(eight, claim.attempt.traceparent)).toBe(true);
	await history.settleProvisional('dev');
	const shown = await all();
	expect(shown.map(({ engineExecutionId }) => engineExecutionId).sort()).toEqual(['8', '9']);
	await history.observe('dev', [observed('8')]);
	expect(await all()).toHaveLength(2);
});

it('keeps why one has failed, once', async () => {
	const failed = { status: 'failed', outcome: 'error' } as const;
	await history.observe('dev', [observed('5', failed)]);
	expect(await history.unexamined('dev', 5)).toEqual(['5']);
	const what = { workflowName: null, versionId: null, ...failure };
	await history.examined('dev', { workflowId: 'orders', engineExecutionId: '5' }, what);
	expect(await history.unexamined('dev', 5)).toEqual([]);
	expect(await all()).toMatchObject([{ errorClass: 'transient', workflowName: 'Orders' }]);
});

it('tells the letter that a run without us led to, whenever that was kept', async () => {
	const failed = { status: 'failed', outcome: 'error' } as const;
	const elsewhere = { workflowId: 'mails', engineExecutionId: '5' };
	await history.observe('dev', [observed('5', failed), observed('5', elsewhere)]);
	const letters = createDeadLetterStore(database.pool);
	const kept = newLetter({ environment: 'dev', executionId: '5', executionIds: ['5', '6'] });
	const { letter } = await letters.accept(kept);
	await history.observe('dev', [observed('6', failed)]);
	const shown = new Map(
		(await all()).map((one) => [`${one.workflowId} ${one.engineExecutionId}`, one]),
	);
	expect(shown.get('orders 5')?.letterId).toBe(letter.id);
	expect(shown.get('orders 6')?.letterId).toBe(letter.id);
	expect(shown.get('mails 5')?.letterId).toBeNull();
	const alone = await store.find(shown.get('orders 5')?.id ?? '');
	expect(alone?.letterId).toBe(letter.id);
});

it('leaves what is ours with the letter that the ledger gave it', async () => {
	const { pool } = database;
	const letters = createDeadLetterStore(pool);
	await letters.accept(newLetter({ environment: 'dev', executionId: '77', executionIds: ['77'] }));
	const { id } = request();
	await store.accept([request({ id, status: 'running', engineExecutionId: '77' })]);
	expect((await store.find(id))?.letterId).toBeNull();
});

it.each(['before', 'after'])(
	'looks for runs of ours by keys however often their workflow ran, with statistics taken %s',
	async (taken) => {
		const runs = 3000;
		const takeStatistics = async () =>
			await database.pool.query('vacuum analyze executions, execution_attempts');
		if (taken === 'before') await takeStatistics();
		await store.accept(many(runs));
		await database.pool.query(
			`insert into execution_attempts (execution_id, number, status, traceparent, sent_at,
				engine_execution_id)
			select id, 1, 'succeeded', id, now() - interval '1 day',
				case when nth % 2 = 0 then nth::text end
			from (select id, row_number() over () as nth from executions) as run`,
		);
		if (taken === 'after') await takeStatistics();
		const one = createPool(database.connectionString, { max: 1, log: quietLog() });
		try {
			await one.query('begin');
			const tables = ['executions', 'execution_attempts'];
			const before = await rowsRead(one, tables);
			const own = createHistoryStore(one);
			const seen = Array.from({ length: 50 }, (_, nth) => observed(`9${nth}`));
			await own.observe('dev', seen);
			await own.settleProvisional('dev');
			expect((await rowsRead(one, tables)) - before).toBeLessThan(10 * seen.length);
		} finally {
			await one.end();
		}
	},
);
