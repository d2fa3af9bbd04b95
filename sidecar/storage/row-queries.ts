import { OrchestrationError } from '../kernel/errors';
import { databaseMs, databaseNow } from './database-time';
import type { FleetTime } from './fleet-time';
import type { Queryable } from './queryable';

/** A row with what tells whether somebody changed it since. */
export interface Kept<Row> {
	row: Row;
	version: number;
}

/** A table with the columns key, policy, state, version and updated_at. */
export interface RowTable<Row> {
	name: 'circuits' | 'rate_limits' | 'quotas' | 'retry_budgets';
	toRow(columns: { policy: unknown; state: unknown }): Row;
	toColumns(row: Row): { policy: unknown; state: unknown };
}

interface Columns {
	key: string;
	policy: unknown;
	state: unknown;
	version: number;
	updated_at: Date;
	now: number;
}

/** The statements behind decisions on rows, each one a round trip. */
export function rowQueries<Row>({ name, toRow, toColumns }: RowTable<Row>, time: FleetTime) {
	const columns = `${name}.key, ${name}.policy, ${name}.state, ${name}.version, ${name}.updated_at,
		${databaseMs} as now`;
	// The left join gives the time also when there is no such row.
	const findSql = `
		select ${columns}
		from (select $1::text as key) wanted
		left join ${name} on ${name}.key = wanted.key`;
	const lockSql = `select ${columns} from ${name} where ${name}.key = $1 for update`;
	const listSql = `
		select ${columns} from ${name}
		where $1::text is null or ${name}.key > $1
		order by ${name}.key
		limit $2`;
	const addSql = `
		insert into ${name} (key, policy, state, version, updated_at)
		values ($1, $2, $3, 1, clock_timestamp())
		on conflict (key) do nothing
		returning ${name}.version, ${databaseMs} as now`;
	const changeSql = `
		update ${name}
		set policy = $2, state = $3, version = ${name}.version + 1, updated_at = clock_timestamp()
		where ${name}.key = $1 and ${name}.version = $4
		returning ${name}.version, ${databaseMs} as now`;

	const read = async (db: Queryable, sql: string, key: string): Promise<Columns | null> => {
		const [found] = (await db.query<Columns>(sql, [key])).rows;
		if (found) time.heard(found.now);
		return found && found.version !== null ? found : null;
	};
	const keep = async (
		db: Queryable,
		key: string,
		row: Row,
		before: Kept<Row> | null,
	): Promise<number | null> => {
		const { policy, state } = toColumns(row);
		const values = [key, JSON.stringify(policy), JSON.stringify(state)];
		const { rows } = before
			? await db.query<Columns>(changeSql, [...values, before.version])
			: await db.query<Columns>(addSql, values);
		if (rows[0]) time.heard(rows[0].now);
		return rows[0]?.version ?? null;
	};
	const toKept = (found: Columns | null): Kept<Row> | null =>
		found && { row: toRow(found), version: found.version };
	const shown = (found: Columns) => ({
		key: found.key,
		row: toRow(found),
		updatedAt: found.updated_at,
		now: time.now() ?? found.now,
	});

	return {
		find: async (db: Queryable, key: string) => toKept(await read(db, findSql, key)),
		/** Holds the row until the transaction ends. */
		lock: async (db: Queryable, key: string) => toKept(await read(db, lockSql, key)),
		show: async (db: Queryable, key: string) => {
			const found = await read(db, findSql, key);
			return found && shown(found);
		},
		list: async (db: Queryable, page: { limit: number; after: string | null }) =>
			(await db.query<Columns>(listSql, [page.after, page.limit])).rows.map(shown),
		/** The new version; null when somebody changed the row since `before`, or made it. */
		keep,
		/** For who holds the row. @returns the new version */
		write: async (db: Queryable, key: string, row: Row, before: Kept<Row> | null) => {
			const version = await keep(db, key, row, before);
			if (version !== null) return version;
			throw new OrchestrationError(
				'database_unavailable',
				`Expected to be alone with "${key}", but another made it at the same moment. Try again.`,
			);
		},
		timeOf: async (db: Queryable): Promise<number> => {
			const now = await databaseNow(db);
			time.heard(now);
			return now;
		},
	};
}
