import { Pool as PgPool, type ClientBase } from 'pg';
import { asDatabaseUnavailable } from './database-errors';
import type { Pool, Queryable } from './queryable';
import type { StorageLog } from './storage-log';
import { columnTypes } from './type-parsers';

export type { Pool, PoolClient, Queryable } from './queryable';

export interface PoolOptions {
	/** Most connections at once. Default 10, minimum 1. */
	max?: number;
	/** Wait for a connection, in milliseconds. Default 5 000. */
	connectTimeoutMs?: number;
	/** Longest a statement may run, in milliseconds. Default 30 000. */
	statementTimeoutMs?: number;
	log: StorageLog;
}

/** Our tables live in a schema of their own, so that a shared database is not polluted. */
export const schemaName = 'orchestration';

/**
 * Opens no connection yet. Every connection sees the schema `orchestration` only.
 * @throws RangeError when max is below 1
 */
export function createPool(connectionString: string, options: PoolOptions): Pool {
	const { max = 10, connectTimeoutMs = 5_000, statementTimeoutMs = 30_000, log } = options;
	if (!(max >= 1)) throw new RangeError(`expected max to be at least 1, got ${max}`);
	// Sent as a statement, not as start-up options, which connection poolers in between refuse.
	const settings = [
		`set search_path = ${schemaName}`,
		`set statement_timeout = ${Math.round(statementTimeoutMs)}`,
		'set idle_in_transaction_session_timeout = 60000',
		"set timezone = 'UTC'",
		// Our statements are short: compiling one takes half a second, running it one millisecond.
		'set jit = off',
	].join('; ');
	const pool = new PgPool({
		connectionString,
		max,
		connectionTimeoutMillis: connectTimeoutMs,
		idleTimeoutMillis: 30_000,
		keepAlive: true,
		application_name: 'n8n-orchestration',
		types: columnTypes,
		verify: (client, done) => {
			client.query(settings).then(
				() => done(),
				(error: Error) => done(error),
			);
		},
	});
	let ended: Promise<void> | null = null;
	pool.on('connect', (client) => {
		client.on('error', (error) => {
			if (!ended) log.warn({ error: error.message }, 'a database connection was lost');
		});
	});
	// The pool tells the same of resting ones, and would end the process if nobody listened.
	pool.on('error', () => undefined);

	return {
		...queryableOf(pool),
		connect: async () => {
			const client = await reaching(() => pool.connect());
			return { ...queryableOf(client), release: (error) => client.release(error) };
		},
		end: () => (ended ??= pool.end()),
		counts: () => ({
			total: pool.totalCount,
			idle: pool.idleCount,
			waiting: pool.waitingCount,
		}),
	};
}

function queryableOf(runner: PgPool | ClientBase): Queryable {
	return {
		query: async <Row>(text: string, values?: readonly unknown[], statement?: string) => {
			const { rows, rowCount } = await reaching(() => {
				if (!values) return runner.query(text);
				return statement === undefined
					? runner.query(text, [...values])
					: runner.query({ name: statement, text, values: [...values] });
			});
			return { rows: rows as Row[], rowCount: rowCount ?? 0 };
		},
	};
}

async function reaching<Result>(work: () => Promise<Result>): Promise<Result> {
	try {
		return await work();
	} catch (error) {
		throw asDatabaseUnavailable(error);
	}
}
