import { types } from 'node:util';
import { DatabaseError } from 'pg';
import { OrchestrationError } from '../kernel/errors';

/** SQLSTATEs that mean "not now" or "not with this address", whatever the statement was. */
const connectionStates = /^(08...|57P0[1-5]|53300|28...|3D000)$/;

/**
 * Turns a failure to reach the database into `database_unavailable` and leaves every other error
 * as it is: a broken constraint is the store's to read.
 */
export function asDatabaseUnavailable(error: unknown): unknown {
	if (error instanceof OrchestrationError || !isConnectionFailure(error)) return error;
	const reason = error instanceof Error ? error.message : String(error);
	return new OrchestrationError(
		'database_unavailable',
		`expected the database to answer, got: ${reason || codeOf(error)}; ` +
			'check that it runs and that DATABASE_URL is right, then try again',
		{ details: { sqlState: codeOf(error) }, cause: error },
	);
}

/** SQLSTATE of a database error, or the code of a system error; empty when it has none. */
export function codeOf(error: unknown): string {
	if (typeof error !== 'object' || error === null || !('code' in error)) return '';
	return typeof error.code === 'string' ? error.code : '';
}

function isConnectionFailure(error: unknown): boolean {
	if (error instanceof DatabaseError) return connectionStates.test(error.code ?? '');
	// pg gives plain errors for a lost or refused connection; these two are our own mistakes.
	return types.isNativeError(error) && error.name !== 'TypeError' && error.name !== 'RangeError';
}
