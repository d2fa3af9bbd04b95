import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../n8n/until';

export interface ReceivedCall {
	method: string;
	path: string;
	headers: Record<string, string>;
	body: Buffer;
}

/** Somebody's service that deliveries are sent to. */
export interface Receiver {
	at(path: string): string;
	/** Statuses of the next answers of a path, the last one for all that follow. Default 200. */
	answers(path: string, ...statuses: number[]): void;
	/** Each answer of a path is asked for; the caller waits as long as that takes. */
	answersEach(path: string, status: (call: ReceivedCall) => number | Promise<number>): void;
	/** Each next answer of any path carries this. */
	says(headers: Record<string, string>, body?: string): void;
	calls(path: string): ReceivedCall[];
	/** Waits until so many calls of a path have come. */
	received(path: string, count: number): Promise<ReceivedCall[]>;
	stop(): void;
}

export async function startReceiver(): Promise<Receiver> {
	const calls: ReceivedCall[] = [];
	const statuses = new Map<string, (call: ReceivedCall) => number | Promise<number>>();
	let said: { headers: Record<string, string>; body: string } = { headers: {}, body: 'ok' };
	const server = createServer((request, response) => {
		void read(request).then(async (call) => {
			calls.push(call);
			const status = (await statuses.get(call.path)?.(call)) ?? 200;
			response.writeHead(status, said.headers).end(said.body);
		});
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	const callsOf = (path: string) => calls.filter((call) => call.path === path);
	return {
		at: (path) => `http://127.0.0.1:${port}${path}`,
		answers: (path, ...next) => {
			statuses.set(path, () => (next.length > 1 ? next.shift() : next[0]) ?? 200);
		},
		answersEach: (path, status) => {
			statuses.set(path, status);
		},
		says: (headers, body = 'ok') => {
			said = { headers, body };
		},
		calls: callsOf,
		received: async (path, count) =>
			await until(`${count} calls of ${path}`, () => {
				const found = callsOf(path);
				return found.length >= count ? found : undefined;
			}),
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function read(request: IncomingMessage): Promise<ReceivedCall> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return {
		method: request.method ?? '',
		path: request.url ?? '',
		headers: request.headers as Record<string, string>,
		body: Buffer.concat(chunks),
	};
}
