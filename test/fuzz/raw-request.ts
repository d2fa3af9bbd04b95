import { connect } from 'node:net';

/** A request as bytes on the wire, so that it may be wrong in any way. */
export interface RawRequest {
	method: string;
	/** Path and query, as they stand in the first line. */
	target: string;
	headers: Array<[name: string, value: string]>;
	body: Buffer | null;
	/** Says another length than the body has. */
	claimedLength?: number;
	/** What was done to it, for the report. */
	done: string[];
	/** Whether an answer may be missing: the sender itself hung up in the middle. */
	hangsUp?: boolean;
}

export interface RawAnswer {
	/** 0: the connection was closed without an answer. */
	status: number;
	headers: Record<string, string>;
	body: string;
	/** All that came, as text. */
	text: string;
}

/**
 * Sends it over a connection of its own and reads the answer to its end; of an event stream only
 * that it begins.
 * @throws when there is no end within the deadline
 */
export async function sendRaw(
	port: number,
	request: RawRequest,
	deadlineMs: number,
): Promise<RawAnswer> {
	return await new Promise<RawAnswer>((resolve, reject) => {
		const received: Buffer[] = [];
		const socket = connect(port, '127.0.0.1');
		const finish = () => {
			clearTimeout(timer);
			socket.destroy();
			resolve(answerOf(Buffer.concat(received)));
		};
		const timer = setTimeout(() => {
			socket.destroy();
			const so = `${request.method} ${request.target.slice(0, 200)} (${request.done.join(', ')})`;
			reject(new Error(`${so} was not answered within ${deadlineMs} ms`));
		}, deadlineMs);
		socket.on('data', (chunk) => {
			received.push(chunk);
			if (isEventStream(received)) finish();
		});
		// Who still writes when the answer is already there gets a reset; the answer counts.
		socket.on('error', () => undefined);
		socket.on('close', finish);
		const bytes = bytesOf(request);
		if (request.hangsUp) socket.end(bytes);
		else socket.write(bytes);
	});
}

function bytesOf({ method, target, headers, body, claimedLength }: RawRequest): Buffer {
	const named = new Set(headers.map(([name]) => name.toLowerCase()));
	const lines = headers.map(([name, value]) => `${name}: ${value}`);
	if (!named.has('host')) lines.push('Host: 127.0.0.1');
	if (body !== null && !named.has('transfer-encoding') && !named.has('content-length')) {
		lines.push(`Content-Length: ${claimedLength ?? body.length}`);
	}
	lines.push('Connection: close');
	const head = `${method} ${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
	return Buffer.concat([Buffer.from(head, 'utf8'), body ?? Buffer.alloc(0)]);
}

function isEventStream(received: Buffer[]): boolean {
	const start = Buffer.concat(received.slice(0, 4)).toString('latin1');
	return /^content-type: text\/event-stream/im.test(start) && start.includes('\r\n\r\n');
}

function answerOf(bytes: Buffer): RawAnswer {
	const text = bytes.toString('utf8');
	const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
	const end = text.indexOf('\r\n\r\n');
	if (status === undefined || end < 0) return { status: 0, headers: {}, body: '', text };
	const headers = Object.fromEntries(
		text
			.slice(0, end)
			.split('\r\n')
			.slice(1)
			.map((line) => [
				line.slice(0, line.indexOf(':')).toLowerCase(),
				line.slice(line.indexOf(':') + 1).trim(),
			]),
	) as Record<string, string>;
	const rest = text.slice(end + 4);
	const body = headers['transfer-encoding'] === 'chunked' ? unchunked(rest) : rest;
	return { status: Number(status), headers, body, text };
}

/** Good for text of one byte a character, and close enough to look for secrets in any other. */
function unchunked(text: string): string {
	let rest = text;
	let whole = '';
	for (;;) {
		const [line, size] = /^([0-9a-f]+)\r\n/i.exec(rest) ?? [];
		if (line === undefined || Number.parseInt(size ?? '0', 16) === 0) return whole;
		const length = Number.parseInt(size ?? '0', 16);
		const chunk = Buffer.from(rest.slice(line.length), 'utf8');
		whole += chunk.subarray(0, length).toString('utf8');
		rest = chunk.subarray(length + 2).toString('utf8');
	}
}
