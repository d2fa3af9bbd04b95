import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

/** Numbers agreed on among sidecars; each names one thing only one may do at a time. */
export const advisoryLocks = {
	migrations: 7_061_001,
	webhookRouting: 7_061_013,
	dispatch: 7_061_014,
} as const;

/** One at a time over the fleet. What `work` asks was written before, by those who had the lock. */
export async function lockedTransaction<Result>(
	pool: Pool,
	name: keyof typeof advisoryLocks,
	work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
	const begin = `begin; select pg_advisory_xact_lock(${advisoryLocks[name]})`;
	return await transaction(pool, work, begin);
}

/** Waits for the lock and holds it until the transaction ends. */
export async function lockInTransaction(
	tx: Queryable,
	name: keyof typeof advisoryLocks,
): Promise<void> {
	await tx.query('select pg_advisory_xact_lock($1)', [advisoryLocks[name]]);
}

/** Takes the lock until the transaction ends; false when another has it. */
export async function tryLockInTransaction(
	tx: Queryable,
	name: keyof typeof advisoryLocks,
): Promise<boolean> {
	const { rows } = await tx.query<{ held: boolean }>(
		'select pg_try_advisory_xact_lock($1) as held',
		[advisoryLocks[name]],
	);
	return rows[0]?.held ?? false;
}
