import { executionJobs } from '../../sidecar/jobs/execution-jobs';
import { systemClock } from '../../sidecar/kernel/clock';
import { createEnvironmentStore } from '../../sidecar/storage/environment-store';
import { createExecutionStore } from '../../sidecar/storage/execution-store';
import { environmentNamed } from '../support/dead-letters/letters';
import { many } from '../support/executions/requests';
import { freshDatabase, type FreshDatabase } from '../support/postgres/fresh-database';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
	await createEnvironmentStore(database.pool).put(environmentNamed('dev'));
});
afterAll(async () => {
	await database?.drop();
});

async function purge(stopping?: AbortSignal): Promise<void> {
	const jobs = executionJobs({
		executions: createExecutionStore(database.pool),
		settlements: { tellAgain: async () => undefined },
		retentionDays: 30,
		clock: systemClock,
		engineOf: async (name) => await Promise.reject(new Error(`nobody asks ${name}`)),
		settled: async () => undefined,
	});
	await jobs.find(({ name }) => name === 'purge-executions')?.run(stopping);
}

it('removes in one round all executions that are too old and over, unless the sidecar stops', async () => {
	const { pool } = database;
	const executions = createExecutionStore(pool);
	await executions.accept(many(10_100));
	await pool.query(
		`update executions set status = 'succeeded', told = true, due_at = null,
			finished_at = now() - interval '31 days'`,
	);
	const queued = many(2);
	await executions.accept(queued);
	await purge(AbortSignal.abort());
	expect(await executions.list({ status: 'succeeded' }, { limit: 1, after: null })).toHaveLength(1);
	await purge();
	const left = await executions.list({}, { limit: 10, after: null });
	expect(left.map(({ id }) => id).sort()).toEqual(queued.map(({ id }) => id).sort());
});
