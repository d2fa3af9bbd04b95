import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
	method: string;
	/** Path and query. */
	path: string;
	body: string;
}

/** What happens to a request on its way. */
export interface Fault {
	when(seen: SeenRequest): boolean;
	/** Runs before n8n gets it. */
	before?(seen: SeenRequest): Promise<void>;
	/** Runs when n8n has answered and the caller has not heard it yet. */
	after?(seen: SeenRequest): Promise<void>;
	/**
	 * never-sent: n8n does not get it. lost: n8n does, and its answer does not come back. A number: n8n
	 * does not get it, and the caller is answered with this status.
	 */
	fate?: 'never-sent' | 'lost' | number;
	/** How often it strikes. Default 1. */
	times?: number;
}

/** Stands before a real n8n and passes everything on, but for the faults it was given. */
export interface N8nProxy {
	readonly baseUrl: string;
	/** All requests so far, oldest first. */
	readonly seen: SeenRequest[];
	add(fault: Fault): void;
	/** Forgets all faults and what was seen. */
	clear(): void;
	close(): Promise<void>;
}

export async function startN8nProxy(target: { port: number }): Promise<N8nProxy> {
	let faults: Array<Fault & { left: number }> = [];
	const seen: SeenRequest[] = [];
	const server = createServer((incoming, answer) => {
		pass(incoming, answer).catch(() => {
			answer.destroy();
		});
	});
	const pass = async (incoming: IncomingMessage, answer: ServerResponse): Promise<void> => {
		const { method = 'GET', url: path = '/' } = incoming;
		const body = Buffer.concat(await incoming.toArray());
		const here: SeenRequest = { method, path, body: body.toString('utf8') };
		seen.push(here);
		const fault = faults.find((each) => each.left > 0 && each.when(here));
		if (fault) fault.left -= 1;
		await fault?.before?.(here);
		if (fault?.fate === 'never-sent') {
			answer.destroy();
			return;
		}
		if (typeof fault?.fate === 'number') {
			answer.writeHead(fault.fate, { 'content-type': 'application/json' });
			answer.end('{"message":"forced by a test"}');
			return;
		}
		const outgoing = request({
			host: '127.0.0.1',
			port: target.port,
			method,
			path,
			headers: { ...incoming.headers, host: `127.0.0.1:${target.port}` },
		});
		outgoing.end(body);
		const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
		const content = Buffer.concat(await response.toArray());
		await fault?.after?.(here);
		if (fault?.fate === 'lost') {
			answer.destroy();
			return;
		}
		const { 'transfer-encoding': _, ...headers } = response.headers;
		answer.writeHead(response.statusCode ?? 500, { ...headers, 'content-length': content.length });
		answer.end(content);
	};
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}`,
		seen,
		add: (fault) => {
			faults.push({ ...fault, left: fault.times ?? 1 });
		},
		clear: () => {
			faults = [];
			seen.length = 0;
		},
		close: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		},
	};
}

/** A request that writes to the public API. */
export function isWrite({ method, path }: SeenRequest): boolean {
	return method !== 'GET' && method !== 'OPTIONS' && path.startsWith('/api/v1/workflows');
}
