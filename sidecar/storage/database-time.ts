import type { Queryable } from './queryable';

/** SQL. Not now(): a statement may have waited, for a row or for its turn. */
export const databaseMs = '(extract(epoch from clock_timestamp()) * 1000)::float8';

/** What the clock of the database shows, in milliseconds since 1970. */
export async function databaseNow(client: Queryable): Promise<number> {
	const { rows } = await client.query<{ now: number }>(`select ${databaseMs} as now`);
	const [row] = rows;
	if (!row) throw new TypeError('the database did not say what time it is');
	return row.now;
}
