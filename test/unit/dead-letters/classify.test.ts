import { classify } from '../../../sidecar/dead-letters/classify';
import type { ErrorClass } from '../../../sidecar/dead-letters/dead-letter';

const error = (given: Partial<Parameters<typeof classify>[0]>) => ({
	node: 'Work',
	name: 'NodeApiError',
	message: 'something',
	description: null,
	httpStatus: null,
	...given,
});

it.each<[number, ErrorClass]>([
	[400, 'data'],
	[401, 'auth'],
	[403, 'auth'],
	[404, 'data'],
	[407, 'auth'],
	[408, 'transient'],
	[409, 'data'],
	[413, 'data'],
	[422, 'data'],
	[425, 'transient'],
	[429, 'quota'],
	[500, 'transient'],
	[501, 'bug'],
	[502, 'transient'],
	[503, 'transient'],
	[504, 'transient'],
	[505, 'bug'],
])('takes HTTP %d for %s, whatever is written', (httpStatus, expected) => {
	expect(classify(error({ httpStatus, message: 'undefined is not a function' }))).toBe(expected);
});

/** As n8n 2.40 stores them. */
it.each<[string, string, string | null, ErrorClass]>([
	['NodeApiError', 'The service refused the connection - perhaps it is offline', null, 'transient'],
	[
		'NodeApiError',
		'The connection to the server was closed unexpectedly, perhaps it is offline. You can retry the request immediately or wait and retry later.',
		null,
		'transient',
	],
	['NodeApiError', 'The connection was aborted, perhaps the server is offline', null, 'transient'],
	[
		'NodeApiError',
		'The connection cannot be established, this usually occurs due to an incorrect host (domain) value',
		null,
		'transient',
	],
	['NodeApiError', 'The service is receiving too many requests from you', null, 'quota'],
	['NodeApiError', 'Authorization failed - please check your credentials', null, 'auth'],
	['NodeApiError', 'Forbidden - perhaps check your credentials?', null, 'auth'],
	['NodeOperationError', 'Node does not have any credentials set', null, 'auth'],
	[
		'WrappedExecutionError',
		"Cannot read properties of undefined (reading 'x') [line 1]",
		'TypeError',
		'bug',
	],
	['WrappedExecutionError', 'nope is not defined [line 1]', 'ReferenceError', 'bug'],
	['WrappedExecutionError', "Unexpected token '{'", 'SyntaxError', 'bug'],
	['WrappedExecutionError', 'it went wrong', 'RangeError', 'bug'],
	[
		'Error',
		"Code doesn't return items properly",
		'Please return an array of objects, one for each item you would like to output.',
		'bug',
	],
	['NodeOperationError', "Referenced node doesn't exist", null, 'bug'],
	[
		'WorkflowCrashedError',
		'Workflow did not finish, possible out-of-memory issue',
		null,
		'transient',
	],
	['WrappedExecutionError', 'plain boom [line 1]', null, 'unknown'],
	['NodeOperationError', 'stopped here', null, 'unknown'],
	['Error', 'connect ECONNREFUSED 10.0.0.1:443', null, 'transient'],
	['Error', 'read ECONNRESET', null, 'transient'],
	['Error', 'socket hang up', null, 'transient'],
	['Error', 'timeout of 300ms exceeded', null, 'transient'],
	['Error', 'Connection timeout', null, 'transient'],
	['Error', 'The request timed out', null, 'transient'],
	['Error', "the field 'timeout' is missing", null, 'unknown'],
	['Error', 'disconnectionrefused', null, 'unknown'],
	['Error', 'Quota exceeded for metric reads', null, 'quota'],
	['Error', 'invalid_grant: Token has been revoked', null, 'auth'],
	['Error', 'OAuth token expired', null, 'auth'],
])('takes %s "%s" (%s) for %s', (name, message, description, expected) => {
	expect(classify(error({ name, message, description }))).toBe(expected);
});

it('lets the words decide where the status is no failure', () => {
	expect(classify(error({ httpStatus: 302, message: 'socket hang up' }))).toBe('transient');
});
