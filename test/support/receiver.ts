import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Receiver {
	readonly url: string;
	readonly requests: Array<{ path: string; headers: Record<string, string>; body: Buffer }>;
	/** What it answers from now on. */
	status: number;
	close(): Promise<void>;
}

/** Somebody outside who takes POSTs. */
export async function openReceiver(): Promise<Receiver> {
	const requests: Receiver['requests'] = [];
	const server = createServer((request, response) => {
		const parts: Buffer[] = [];
		request.on('data', (part: Buffer) => parts.push(part));
		request.on('end', () => {
			const headers = Object.fromEntries(
				Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
			);
			requests.push({ path: request.url ?? '', headers, body: Buffer.concat(parts) });
			response.writeHead(receiver.status).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const receiver: Receiver = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		status: 200,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return receiver;
}
