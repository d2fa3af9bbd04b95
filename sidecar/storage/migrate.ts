import { OrchestrationError } from '../kernel/errors';
import { lockInTransaction } from './advisory-lock';
import { codeOf } from './database-errors';
import { migrationsFolder, readMigrations, type MigrationFile } from './migration-files';
import { pendingMigrations, type AppliedMigration } from './migration-plan';
import { schemaName } from './pool';
import type { Pool, Queryable } from './queryable';
import type { StorageLog } from './storage-log';
import { transaction } from './transaction';

/**
 * Brings the database up to this code: each file in its own transaction. Any number of sidecars may
 * call it at once; each file runs once.
 * @throws OrchestrationError `database_version_mismatch` when a file that ran was changed, or the
 * database is newer than this code; `database_not_startable` when a file fails
 * @returns the names of the files this call applied
 */
export async function migrate(
	pool: Pool,
	options: { folder?: string; log: StorageLog },
): Promise<string[]> {
	const files = await readMigrations(options.folder ?? migrationsFolder);
	await createMigrationTable(pool);
	const done: string[] = [];
	for (const file of pendingMigrations(files, await appliedMigrations(pool))) {
		if (!(await applyOnce(pool, file))) continue;
		options.log.info({ migration: file.name }, 'database migrated');
		done.push(file.name);
	}
	// What others applied meanwhile is checked as well.
	if (done.length > 0) pendingMigrations(files, await appliedMigrations(pool));
	return done;
}

async function createMigrationTable(pool: Pool): Promise<void> {
	const { rows } = await pool.query<{ known: boolean }>(
		'select to_regclass($1) is not null as known',
		[`${schemaName}.orchestration_migrations`],
	);
	if (rows[0]?.known) return;
	await transaction(pool, async (tx) => {
		await lockInTransaction(tx, 'migrations');
		await tx.query(`create schema if not exists ${schemaName}`);
		await tx.query(`
			create table if not exists ${schemaName}.orchestration_migrations (
				number integer primary key,
				name text not null,
				checksum text not null,
				applied_at timestamptz not null default now()
			)`);
	}).catch((error: unknown) => {
		throw failed('the schema and its migration table could not be made', error);
	});
}

async function appliedMigrations(db: Queryable): Promise<AppliedMigration[]> {
	const { rows } = await db.query<AppliedMigration>(`
		select applied.number, applied.name, applied.checksum
		from orchestration_migrations applied
		order by applied.number`);
	return rows;
}

/** The version row goes first: who loses the race learns it before running any of the file. */
async function applyOnce(pool: Pool, file: MigrationFile): Promise<boolean> {
	return await transaction(pool, async (tx) => {
		await tx.query('set local statement_timeout = 0');
		await lockInTransaction(tx, 'migrations');
		const { rowCount } = await tx.query(
			`insert into orchestration_migrations (number, name, checksum)
			values ($1, $2, $3)
			on conflict (number) do nothing`,
			[file.number, file.name, file.checksum],
		);
		if (rowCount === 0) return false;
		await tx.query(file.sql);
		return true;
	}).catch((error: unknown) => {
		throw failed(`migration ${file.name} failed and nothing of it was kept`, error);
	});
}

function failed(what: string, error: unknown): unknown {
	if (error instanceof OrchestrationError) return error;
	const reason = error instanceof Error ? error.message : String(error);
	// 42501: insufficient privilege
	const advice =
		codeOf(error) === '42501'
			? 'grant the database user the right to create schemas and tables'
			: 'read the cause, mend it, and start again';
	return new OrchestrationError('database_not_startable', `${what}: ${reason}; ${advice}`, {
		details: { sqlState: codeOf(error) },
		cause: error,
	});
}
