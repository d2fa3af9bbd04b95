import { randomBytes } from 'node:crypto';
import { migrate } from '../../../sidecar/storage/migrate';
import { createPool, type Pool } from '../../../sidecar/storage/pool';
import { quietLog } from './quiet-log';
import { databaseUrl } from './database-url';
import { sharedPostgres } from './shared-postgres';

export interface FreshDatabase {
	pool: Pool;
	connectionString: string;
	/** Closes the pool and removes the database. */
	drop(): Promise<void>;
}

/** A migrated database of one's own. Call once per test file, in beforeAll. */
export async function freshDatabase(): Promise<FreshDatabase> {
	return await makeDatabase(true);
}

/** The same without any table, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<FreshDatabase> {
	return await makeDatabase(false);
}

async function makeDatabase(migrated: boolean): Promise<FreshDatabase> {
	const external = process.env['TEST_DATABASE_URL'];
	const shared = external ? null : await sharedPostgres();
	const serverUrl = shared?.connectionString ?? String(external);
	const name = `test_${randomBytes(8).toString('hex')}`;
	const source = migrated && shared ? shared.template : 'template0';
	await onServer(serverUrl, `create database ${name} template ${source}`);
	const connectionString = databaseUrl(serverUrl, name);
	const pool = createPool(connectionString, { max: 25, log: quietLog() });
	if (migrated && !shared) await migrate(pool, { log: quietLog() });
	return {
		pool,
		connectionString,
		drop: async () => {
			await pool.end();
			await onServer(serverUrl, `drop database ${name} with (force)`);
		},
	};
}

async function onServer(serverUrl: string, statement: string): Promise<void> {
	const pool = createPool(serverUrl, { max: 1, log: quietLog() });
	try {
		await pool.query(statement);
	} finally {
		await pool.end();
	}
}
