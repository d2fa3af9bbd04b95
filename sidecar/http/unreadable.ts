import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ErrorCode, OrchestrationError } from '../kernel/errors';
import { newId } from '../kernel/ids';
import type { Log } from '../monitoring/log';
import { problemMediaType, problemOf } from './problem';

/** Answers what is not HTTP at all: no request of it ever comes to the routes. */
export function refuseUnreadable(log: Log, error: NodeJS.ErrnoException, socket: Duplex): void {
	if (error.code === 'ECONNRESET' || !socket.writable) {
		socket.destroy();
		return;
	}
	const problem = problemOf(asOurs(error), newId());
	log.debug({ code: problem.code, reason: error.code }, 'refused what cannot be read');
	const body = JSON.stringify(problem);
	socket.end(
		[
			`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
			`Content-Type: ${problemMediaType}`,
			`Content-Length: ${Buffer.byteLength(body)}`,
			`X-Request-Id: ${problem.instance}`,
			'Connection: close',
			'',
			body,
		].join('\r\n'),
	);
}

const known: Record<string, [ErrorCode, string]> = {
	HPE_HEADER_OVERFLOW: [
		'headers_too_large',
		'Expected headers and path of at most 16 KB together, got more. Send less.',
	],
	ERR_HTTP_REQUEST_TIMEOUT: [
		'request_timeout',
		'The request did not arrive whole in time. Send it again, faster.',
	],
};

function asOurs({ code = '' }: NodeJS.ErrnoException): OrchestrationError {
	const [ours, message] = known[code] ?? [
		'invalid_request',
		'Expected HTTP/1.1, got bytes that are not. Check the request line, the headers and their length.',
	];
	return new OrchestrationError(ours, message);
}
