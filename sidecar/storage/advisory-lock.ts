import type { Queryable } from './queryable';

/** Numbers agreed on among sidecars; each names one thing only one may do at a time. */
export const advisoryLocks = { migrations: 7_061_001 } as const;

/** Waits for the lock and holds it until the transaction ends. */
export async function lockInTransaction(
	tx: Queryable,
	name: keyof typeof advisoryLocks,
): Promise<void> {
	await tx.query('select pg_advisory_xact_lock($1)', [advisoryLocks[name]]);
}
