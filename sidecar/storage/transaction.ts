import type { Pool, Queryable } from './queryable';

/**
 * Runs `work` in one transaction: all of it is kept, or nothing when it throws.
 * The error of `work` comes through as it is.
 * @param begin more to do first, in the same message
 */
export async function transaction<Result>(
	pool: Pool,
	work: (tx: Queryable) => Promise<Result>,
	begin = 'begin',
): Promise<Result> {
	const client = await pool.connect();
	let broken: Error | undefined;
	try {
		await client.query(begin);
		const result = await work(client);
		await client.query('commit');
		return result;
	} catch (error) {
		try {
			await client.query('rollback');
		} catch (rollbackError) {
			// The connection is gone, and the transaction with it: the first error is the one to tell.
			broken = rollbackError instanceof Error ? rollbackError : new Error(String(rollbackError));
		}
		throw error;
	} finally {
		client.release(broken);
	}
}
