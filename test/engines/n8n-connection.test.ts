import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { connectionTo, engineFor, refusal, type TestEngine } from './n8n-under-test';

const quick = { baseDelayMs: 1, maxDelayMs: 5 };
const page = JSON.stringify({ data: [], nextCursor: null });

let server: Server;
let port = 0;
let connections = 0;
let answer: (socket: Socket) => void;

beforeAll(async () => {
	server = createServer((socket) => {
		connections += 1;
		// Whoever is cut off says so, and that is what is wanted here.
		socket.on('error', () => undefined);
		socket.on('data', () => answer(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());
beforeEach(() => {
	connections = 0;
});

function n8nAt(address: string): TestEngine {
	return engineFor(connectionTo(address, 'n8n_api_secret'), { resilience: quick });
}
const n8n = () => n8nAt(`http://127.0.0.1:${port}`);

function ok(body: string | Buffer, ...headers: string[]): Buffer {
	const head = ['HTTP/1.1 200 OK', `Content-Length: ${Buffer.byteLength(body)}`, ...headers];
	return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body)]);
}

describe('a connection that breaks before the answer', () => {
	beforeEach(() => {
		answer = (socket) => socket.resetAndDestroy();
	});

	it('is tried again when reading', async () => {
		const error = await refusal(n8n().definitions.list());
		expect(error).toMatchObject({ code: 'engine_unreachable', details: { sent: true } });
		expect(connections).toBe(4);
	});

	it('leaves a retry in doubt, for n8n may have begun it', async () => {
		expect(await n8n().executions.retry('5')).toEqual({ status: 'in-doubt' });
		expect(connections).toBe(1);
	});
});

describe('a connection that breaks in the middle of the answer', () => {
	it.each([
		['plain', ok(page)],
		['packed', ok(gzipSync(page), 'Content-Encoding: gzip')],
	])('has not answered, %s', async (_, whole) => {
		answer = (socket) => socket.end(whole.subarray(0, -5));
		expect(await n8n().executions.retry('5')).toEqual({ status: 'in-doubt' });
		const error = await refusal(n8n().definitions.list());
		expect(error).toMatchObject({ code: 'engine_unreachable', details: { sent: true } });
	});
});

describe('a connection that cannot be made', () => {
	it('is a clear no when nobody listens', async () => {
		const gone = createServer();
		gone.listen(0, '127.0.0.1');
		await once(gone, 'listening');
		const { port: free } = gone.address() as AddressInfo;
		gone.close();
		await once(gone, 'close');
		const error = await refusal(n8nAt(`http://127.0.0.1:${free}`).executions.retry('5'));
		expect(error).toMatchObject({
			code: 'engine_unreachable',
			details: { sent: false, reason: 'ECONNREFUSED' },
		});
	});

	it.each([
		['speaks no TLS', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
		['goes away during the handshake', (socket: Socket) => socket.resetAndDestroy()],
	])('is a clear no when the other end %s', async (_, end) => {
		answer = end;
		const error = await refusal(n8nAt(`https://127.0.0.1:${port}`).executions.retry('5'));
		expect(error).toMatchObject({ code: 'engine_unreachable', details: { sent: false } });
	});
});

describe('an answer', () => {
	it.each([
		['gzip', gzipSync(page)],
		['identity', page],
	])('is read as %s', async (encoding, body) => {
		answer = (socket) => socket.write(ok(body, `Content-Encoding: ${encoding}`));
		expect(await n8n().definitions.list()).toEqual([]);
	});

	it('leaves its connection to the next request', async () => {
		answer = (socket) => socket.write(ok(page));
		const engine = n8n();
		await engine.definitions.list();
		connections = 0;
		await engine.definitions.list();
		expect(connections).toBe(0);
	});
});
