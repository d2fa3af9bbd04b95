import { createServer, type Server } from 'node:net';

function listen(): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve(server));
	});
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port.');
	return address.port;
}

/** As many different ports of 127.0.0.1 as asked for, free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(Array.from({ length: count }, listen));
	const ports = servers.map(portOf);
	await Promise.all(
		servers.map((server) => new Promise((resolve) => server.close(() => resolve(undefined)))),
	);
	return ports;
}
