import { once } from 'node:events';
import { type RequestListener, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../kernel/clock';
import { OrchestrationError } from '../kernel/errors';
import type { Log } from '../monitoring/log';
import type { Draining } from './draining';
import { refuseUnreadable } from './unreadable';

export interface ServerOptions {
	/** The Express app. */
	app: RequestListener;
	host: string;
	/** 0: any free port. */
	port: number;
	draining: Draining;
	clock: Clock;
	log: Log;
	/** How long requests in flight may take to finish. Default 10 000. */
	graceMs?: number;
	/** How long /readyz says 503 before connections are refused, for a load balancer to see. Default 0. */
	drainMs?: number;
}

export interface RunningServer {
	port: number;
	/** `http://host:port` */
	url: string;
	/** Finishes what is in flight and closes. A second call waits for the first. */
	stop(): Promise<void>;
}

/** @throws configuration_invalid when the address cannot be listened on */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
	const { app, host, port, draining } = options;
	const inFlight = new Set<ServerResponse>();
	const server = createServer((request, response) => {
		inFlight.add(response);
		response.once('close', () => inFlight.delete(response));
		if (draining.signal.aborted) closeAfter(response);
		app(request, response);
	});
	server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
		const answered = [...inFlight].some(
			(response) => response.socket === socket && response.headersSent,
		);
		if (answered) socket.destroy();
		else refuseUnreadable(options.log, error, socket);
	});
	draining.signal.addEventListener('abort', () => {
		for (const response of inFlight) closeAfter(response);
	});
	server.listen(port, host);
	try {
		await once(server, 'listening');
	} catch (cause) {
		throw cannotListen(host, port, cause);
	}
	// Only with a host and port, never a pipe, is this an object.
	const bound = (server.address() as AddressInfo).port;
	let stopped: Promise<void> | null = null;
	return {
		port: bound,
		url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
		stop: async () => await (stopped ??= stop(server, options)),
	};
}

/** A connection that is kept alive would outlive the server. */
function closeAfter(response: ServerResponse): void {
	if (!response.headersSent) response.setHeader('Connection', 'close');
}

async function stop(
	server: Server,
	{ draining, clock, log, graceMs = 10_000, drainMs = 0 }: ServerOptions,
): Promise<void> {
	draining.begin();
	if (drainMs > 0) await clock.sleep(drainMs);
	const closed = once(server, 'close');
	server.close();
	server.closeIdleConnections();
	const finished = new AbortController();
	const deadline = clock.sleep(graceMs, finished.signal).then(
		() => 'late' as const,
		() => 'finished' as const,
	);
	const outcome = await Promise.race([closed.then(() => 'finished' as const), deadline]);
	finished.abort();
	if (outcome === 'late') {
		log.warn({ graceMs }, 'requests were still in flight at the deadline and were cut off');
		server.closeAllConnections();
		await closed;
	}
}

function cannotListen(host: string, port: number, cause: unknown): OrchestrationError {
	const code =
		typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'unknown';
	const remedies: Record<string, string> = {
		EADDRINUSE: 'another program listens there already: stop it, or choose another port with PORT',
		EACCES: 'this user may not listen there: choose a port above 1023 with PORT',
		EADDRNOTAVAIL: 'the machine has no such address: correct HOST',
		ENOTFOUND: 'the name leads nowhere: correct HOST',
	};
	return new OrchestrationError(
		'configuration_invalid',
		`Cannot listen on ${host} port ${port} (${code}): ${remedies[code] ?? 'check HOST and PORT'}.`,
		{ details: { host, port, reason: code }, cause },
	);
}
