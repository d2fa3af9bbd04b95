import { readError, readFailure } from '../../nodes/shared/failure';

it.each([
	['HTTP Request', { message: '503 - "x"', name: 'AxiosError', status: 503 }, 503],
	['NodeApiError', { message: 'x', httpCode: '429' }, 429],
	['a response', { message: 'x', response: { status: 404 } }, 404],
	['statusCode', { message: 'x', statusCode: 500 }, 500],
	['a sub-workflow', { message: 'x', errorResponse: { httpCode: '503' } }, 503],
	['the message alone', { message: '502 - "Bad gateway"' }, 502],
	['a network failure', { message: 'x', httpCode: 'ECONNREFUSED' }, undefined],
	['a number that is no status', { message: '1234 items', status: 7 }, undefined],
])('reads the HTTP status of %s', (_name, error, status) => {
	expect(readError(error).httpStatus).toBe(status);
});

it('reads the name of the failed node where the error says it', () => {
	expect(readError({ message: 'x', node: { name: 'HTTP', type: 't' } })).toEqual({
		node: 'HTTP',
		message: 'x',
	});
});

it('takes text for the message', () => {
	expect(readError('it broke')).toEqual({ message: 'it broke' });
});

it('says so when there is no message', () => {
	expect(readError({ code: 1 }, undefined).message).toBe('The node gave no message');
});

it('cuts a message that is a whole page', () => {
	expect(readError({ message: 'x'.repeat(200_000) }).message).toHaveLength(20_000);
});

it.each([
	{ json: {} },
	{ json: { error: null } },
	{ json: { error: false } },
	{ json: { error: '' } },
])('sees no failure in %j', (item) => {
	expect(readFailure(item)).toBeUndefined();
});

it('parts the error from what the node was given', () => {
	expect(readFailure({ json: { id: 7, error: { message: 'x', stack: 'at y' } } })).toEqual({
		error: { message: 'x' },
		input: { id: 7 },
	});
});
