import type { Queryable } from '../../../sidecar/storage/queryable';

/** Rows of the tables that this connection has read, what it has not yet reported included. */
export async function rowsRead(client: Queryable, tables: readonly string[]): Promise<number> {
	const { rows } = await client.query<{ read: number }>(
		`select sum(seq_tup_read + idx_tup_fetch)::integer as read from pg_stat_xact_user_tables
		where relname = any ($1)`,
		[tables],
	);
	return rows[0]?.read ?? 0;
}
