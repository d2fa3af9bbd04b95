import { randomUUID } from 'node:crypto';
import { checkServer } from '../../sidecar/storage/check-server';
import { asDatabaseUnavailable } from '../../sidecar/storage/database-errors';
import { createPool } from '../../sidecar/storage/pool';
import type { Pool, PoolClient } from '../../sidecar/storage/queryable';
import { databaseUrl } from '../support/postgres/database-url';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';
import { quietLog } from '../support/postgres/quiet-log';

let database: FreshDatabase;

beforeAll(async () => {
	database = await freshDatabase();
});

afterAll(async () => {
	await database.drop();
});

const refused = async (pool: Pool, code: string, message: RegExp) =>
	await expect(checkServer(pool)).rejects.toMatchObject({
		code,
		message: expect.stringMatching(message) as string,
	});

/** One that says something else of itself. */
const saying = (facts: object): Pool => ({
	...database.pool,
	query: async <Row>(text: string) => {
		const answer = await database.pool.query(text);
		return { ...answer, rows: answer.rows.map((row) => ({ ...row, ...facts })) as Row[] };
	},
});

it('takes a Postgres that will do, and leaves nothing behind in it', async () => {
	await checkServer(database.pool);
	expect(database.pool.counts()).toMatchObject({ waiting: 0 });
	const { total, idle } = database.pool.counts();
	expect(idle).toBe(total);
});

it('refuses one that is too old, and one that only reads', async () => {
	const old = saying({ major: 14, version: '14.23' });
	await refused(old, 'database_version_mismatch', /expected Postgres 15 or later.* got 14\.23;/);
	await refused(saying({ isStandby: true }), 'configuration_invalid', /standby.*primary/);
});

it('refuses a database that cannot hold every text', async () => {
	const name = `latin_${randomUUID().slice(0, 8)}`;
	await database.pool.query(
		`create database ${name} encoding 'LATIN1' locale 'C' template template0`,
	);
	const pool = createPool(databaseUrl(database.connectionString, name), { log: quietLog() });
	await refused(pool, 'configuration_invalid', /in UTF8.* got LATIN1; make one with encoding/);
	await pool.end();
	await database.pool.query(`drop database ${name}`);
});

/** As PgBouncer with pool_mode = transaction: the session last given back goes to whoever asks next. */
function transactionPooler(pool: Pool): Pool {
	const connect = async (): Promise<PoolClient> => {
		let held: PoolClient | null = null;
		const letGo = () => {
			held?.release();
			held = null;
		};
		return {
			query: async <Row>(text: string) => {
				const inTransaction = held !== null;
				held ??= await pool.connect();
				const answer = await held.query<Row>(text);
				if (text === 'commit' || (!inTransaction && text !== 'begin')) letGo();
				return answer;
			},
			release: letGo,
		};
	};
	return { ...pool, connect };
}

it('refuses a pooler that changes sessions between transactions', async () => {
	await refused(transactionPooler(database.pool), 'configuration_invalid', /pool_mode = session/);
});

it('says what to do about a certificate that nobody it trusts has signed', () => {
	const error = Object.assign(new Error('self-signed certificate'), {
		code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
	});
	expect(asDatabaseUnavailable(error)).toMatchObject({
		code: 'database_unavailable',
		message: expect.stringContaining('sslrootcert=/path/to/ca.pem') as string,
	});
});
