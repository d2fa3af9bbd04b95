import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below those a system gives to whoever wants any (32768 and up on Linux): one that is free now is not
 * taken by a connection on its way out before its server is up.
 */
const [lowest, beyond] = [15_000, 32_000];

function listen(attemptsLeft = 50): Promise<Server> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		server.once('error', (error: NodeJS.ErrnoException) => {
			if (error.code !== 'EADDRINUSE' || attemptsLeft === 0) reject(error);
			else resolve(listen(attemptsLeft - 1));
		});
		server.listen(randomInt(lowest, beyond), '127.0.0.1', () => resolve(server));
	});
}

function portOf(server: Server): number {
	const address = server.address();
	if (address === null || typeof address === 'string') throw new Error('The server has no port.');
	return address.port;
}

/** As many different ports of 127.0.0.1 as asked for, free at this moment. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = await Promise.all(Array.from({ length: count }, async () => await listen()));
	const ports = servers.map(portOf);
	await Promise.all(
		servers.map((server) => new Promise((resolve) => server.close(() => resolve(undefined)))),
	);
	return ports;
}
