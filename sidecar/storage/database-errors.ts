import { types } from 'node:util';
import { DatabaseError } from 'pg';
import { OrchestrationError } from '../kernel/errors';

/** SQLSTATEs that mean "not now" or "not with this address", whatever the statement was. */
const connectionStates = /^(08...|57P0[1-5]|53300|28...|3D000)$/;

/** What Node says of a certificate nobody it trusts has signed. */
const untrusted = /^(UNABLE_TO_(GET|VERIFY)_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED_CERT)/;

/**
 * Turns a failure to reach the database into `database_unavailable` and leaves every other error
 * as it is: a broken constraint is the store's to read.
 */
export function asDatabaseUnavailable(error: unknown): unknown {
	if (error instanceof OrchestrationError || !isConnectionFailure(error)) return error;
	const reason = error instanceof Error ? error.message : String(error);
	const remedy = untrusted.test(codeOf(error))
		? 'if it is yours, name the file of its certificate authority in DATABASE_URL: ?sslmode=verify-full&sslrootcert=/path/to/ca.pem'
		: 'check that it runs and that DATABASE_URL is right, then try again';
	return new OrchestrationError(
		'database_unavailable',
		`expected the database to answer, got: ${reason || codeOf(error)}; ${remedy}`,
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
