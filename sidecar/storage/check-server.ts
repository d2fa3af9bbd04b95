import { OrchestrationError } from '../kernel/errors';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

/** The oldest its makers still mend, and that the tests were run on. */
const oldestMajor = 15;

interface Server {
	version: string;
	major: number;
	encoding: string;
	isStandby: boolean;
}

/**
 * Refuses at start a database on which things would go wrong later, one by one.
 * @throws OrchestrationError `database_version_mismatch` when Postgres is older than 15;
 * `configuration_invalid` for a read-only standby, an encoding other than UTF8, or a pooler that
 * changes sessions between transactions: settings and prepared statements of a session are relied on
 */
export async function checkServer(pool: Pool): Promise<void> {
	const { rows } = await pool.query<Server>(`
		select current_setting('server_version') as version,
			current_setting('server_version_num')::integer / 10000 as major,
			current_setting('server_encoding') as encoding, pg_is_in_recovery() as "isStandby"`);
	for (const server of rows) refuseUnfit(server);
	if (!(await keepsSessions(pool))) {
		throw unfit(
			'DATABASE_URL leads to a pooler that gives each transaction another session of Postgres',
			'give the address of Postgres itself, or one where the pooler keeps sessions (PgBouncer: pool_mode = session)',
		);
	}
}

function refuseUnfit({ version, major, encoding, isStandby }: Server): void {
	if (major < oldestMajor) {
		throw new OrchestrationError(
			'database_version_mismatch',
			`expected Postgres ${oldestMajor} or later at DATABASE_URL, got ${version}; upgrade it, or leave DATABASE_URL empty for the embedded one`,
			{ details: { version } },
		);
	}
	if (isStandby) {
		throw unfit(
			'DATABASE_URL leads to a standby, which only reads',
			'give the address of the primary',
		);
	}
	if (encoding !== 'UTF8') {
		throw unfit(
			`expected a database in UTF8 at DATABASE_URL, got ${encoding}`,
			"make one with encoding 'UTF8' template template0",
		);
	}
}

function unfit(found: string, remedy: string): OrchestrationError {
	return new OrchestrationError('configuration_invalid', `${found}; ${remedy}`);
}

/**
 * A pooler that hands sessions on gives the one last used to whoever begins next; its former client
 * then gets another.
 */
async function keepsSessions(pool: Pool): Promise<boolean> {
	const client = await pool.connect();
	try {
		const before = await sessionOf(client);
		return before === (await transaction(pool, async () => await sessionOf(client)));
	} finally {
		client.release();
	}
}

async function sessionOf(client: Queryable): Promise<number | undefined> {
	const { rows } = await client.query<{ session: number }>('select pg_backend_pid() as session');
	return rows[0]?.session;
}
