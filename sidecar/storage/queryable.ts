/** Something that can run a query: the pool, or one client inside a transaction. */
export interface Queryable {
	/**
	 * @throws OrchestrationError `database_unavailable` when the database cannot be asked; other
	 * database errors come as pg gives them, with their SQLSTATE in `code`.
	 * @param statement a name of its own for this text: a connection parses and plans it once. For what
	 * runs thousands of times a second and whose plan does not depend on how full the tables are.
	 */
	query<Row = Record<string, unknown>>(
		text: string,
		values?: readonly unknown[],
		statement?: string,
	): Promise<{ rows: Row[]; rowCount: number }>;
}

/** One connection taken out of the pool. */
export interface PoolClient extends Queryable {
	/** Gives it back; with an error it is closed instead. */
	release(error?: Error): void;
}

export interface Pool extends Queryable {
	connect(): Promise<PoolClient>;
	/** Waits for the clients in use, then closes all connections. A second call does nothing. */
	end(): Promise<void>;
	/** Connections open, resting, and callers waiting for one. */
	counts(): { total: number; idle: number; waiting: number };
}
