import http, {
	type ClientRequest,
	type IncomingMessage,
	type IncomingHttpHeaders,
} from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { pipeline, type Readable } from 'node:stream';
import { createUnzip } from 'node:zlib';
import { isOrchestrationError } from './errors';

/** Which addresses may be called; names are held against it where the connection is made. */
export interface AddressGuard {
	/** @throws address_not_allowed for a host that is an address and may not be called */
	assertHost(url: URL): void;
	/** For Node's sockets; fails with address_not_allowed when a name leads where none may go. */
	lookup: LookupFunction;
}

export interface HttpRequest {
	method: string;
	/** Names in small letters. */
	headers: Record<string, string>;
	body: string | Buffer | null;
	/** Ends it. */
	signal: AbortSignal;
	/** Null: every address may be called. */
	addresses: AddressGuard | null;
	/** Characters of the answer that are read. Default: all. */
	longestText?: number;
}

export interface HttpAnswer {
	status: number;
	/** Names in small letters. */
	headers: IncomingHttpHeaders;
	text: string;
}

/** No whole answer came. */
export class HttpFailure extends Error {
	override readonly name = 'HttpFailure';

	constructor(
		/** Code of the error, e.g. ECONNREFUSED. */
		readonly reason: string,
		/** False when there was no connection, with TLS no secured one: nothing can have arrived. */
		readonly sent: boolean,
		cause: unknown,
	) {
		super(reason, { cause });
	}
}

/** Longest wait for a connection, in milliseconds. */
const connectWithinMs = 10_000;
/** A connection that rests for longer is closed, in milliseconds: few servers keep one for less. */
const kept = { keepAlive: true, timeout: 4_000 };
const agents = { http: new http.Agent(kept), https: new https.Agent(kept) };
const standing = { 'user-agent': 'n8n-orchestration', 'accept-encoding': 'gzip, deflate' };

/**
 * One request and its answer, on a connection that is kept for the next; redirects are not followed. By
 * Node's own client: `fetch` looks a name up anew after it was found to be allowed, does not tell whether
 * anything was sent, gives up after 300 s, and costs more.
 * @throws HttpFailure, address_not_allowed
 */
export async function sendHttp(url: URL, request: HttpRequest): Promise<HttpAnswer> {
	const connection = { isMade: false };
	const { method, headers, body, signal, addresses, longestText = Infinity } = request;
	addresses?.assertHost(url);
	try {
		return await new Promise((resolve, reject) => {
			const isSecure = url.protocol === 'https:';
			const asked = (isSecure ? https : http).request(
				url,
				{
					method,
					headers: { ...standing, ...sizeOf(body), ...headers },
					agent: isSecure ? agents.https : agents.http,
					signal,
					...(addresses ? { lookup: addresses.lookup } : {}),
				},
				(response) => {
					read(response, longestText).then(resolve, reject);
				},
			);
			asked.on('error', reject);
			watch(asked, connection);
			asked.end(body ?? undefined);
		});
	} catch (cause) {
		if (isOrchestrationError(cause)) throw cause;
		throw new HttpFailure(codeOf(cause), connection.isMade, cause);
	}
}

/** Said for all methods: Node adds it by itself only where a body is usual. */
function sizeOf(body: string | Buffer | null): Record<string, string> {
	return body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
}

function watch(request: ClientRequest, connection: { isMade: boolean }): void {
	request.once('socket', (socket) => {
		if (request.reusedSocket || !socket.connecting) {
			connection.isMade = true;
			return;
		}
		const patience = setTimeout(() => {
			const message = `there was no connection within ${connectWithinMs} ms`;
			request.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
		}, connectWithinMs);
		request.once('close', () => clearTimeout(patience));
		socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
			connection.isMade = true;
			clearTimeout(patience);
		});
	});
}

async function read(response: IncomingMessage, longest: number): Promise<HttpAnswer> {
	const { statusCode = 0, headers } = response;
	const isPacked = /^(gzip|deflate)$/.test(headers['content-encoding'] ?? '');
	// An error on the way ends both, and so the reading.
	const whole = isPacked ? pipeline(response, createUnzip(), () => undefined) : response;
	return { status: statusCode, headers, text: await textOf(whole, longest) };
}

async function textOf(body: Readable, longest: number): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	for await (const chunk of body as AsyncIterable<Buffer>) {
		text += decoder.decode(chunk, { stream: true });
		// Whoever leaves here ends the connection with it.
		if (text.length >= longest) return text.slice(0, longest);
	}
	return text + decoder.decode();
}

function codeOf(error: unknown): string {
	let at = error as Partial<NodeJS.ErrnoException> | null | undefined;
	for (; typeof at === 'object' && at !== null; at = at.cause as typeof at) {
		if (typeof at.code === 'string') return at.code;
	}
	return 'unknown';
}
