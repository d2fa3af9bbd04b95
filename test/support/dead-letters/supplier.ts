import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { until } from '../n8n/until';

/** A service that workflows call. It fails when told to, and counts. */
export interface Supplier {
	/** Address of a path, e.g. `at('/orders')`. */
	at(path: string): string;
	/** Statuses of the next answers of a path, the last one for all that follow. Default 200. */
	answers(path: string, ...statuses: number[]): void;
	/** From now on requests to the path are kept waiting. */
	hold(path: string): Hold;
	calls(path: string): number;
	stop(): void;
}

interface Hold {
	/** Waits for a request that is kept waiting. Throws when none has come after 30 s. */
	arrived(): Promise<void>;
	/** Answers those that wait and all later ones. Default 200. */
	release(status?: number): void;
}

interface Desk {
	calls: number;
	statuses: number[];
	held: ServerResponse[] | null;
}

export async function startSupplier(): Promise<Supplier> {
	const desks = new Map<string, Desk>();
	const desk = (path: string): Desk => {
		const known = desks.get(path) ?? { calls: 0, statuses: [], held: null };
		desks.set(path, known);
		return known;
	};
	const server = createServer((request: IncomingMessage, response) => {
		request.resume();
		const at = desk(request.url ?? '/');
		at.calls += 1;
		if (at.held) at.held.push(response);
		else give(response, (at.statuses.length > 1 ? at.statuses.shift() : at.statuses[0]) ?? 200);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as AddressInfo;
	return {
		at: (path) => `http://127.0.0.1:${port}${path}`,
		answers: (path, ...statuses) => {
			desk(path).statuses = statuses;
		},
		hold: (path) => {
			const at = desk(path);
			at.held = [];
			return {
				arrived: async () => {
					await until(`a call of ${path}`, () => (at.held && at.held.length > 0) || undefined);
				},
				release: (status = 200) => {
					const waiting = at.held ?? [];
					at.held = null;
					at.statuses = [status];
					for (const response of waiting) give(response, status);
				},
			};
		},
		calls: (path) => desk(path).calls,
		stop: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

function give(response: ServerResponse, status: number): void {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify({ status }));
}
