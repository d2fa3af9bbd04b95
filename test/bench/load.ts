import { connect, type Socket } from 'node:net';

export interface Load {
	url: string;
	path: string;
	token: string;
	body: object;
	/** A header line that differs from request to request. */
	eachHeader?: () => string;
	/** Requests under way at once, each on a connection of its own that is kept alive. */
	atOnce: number;
	/** Not measured. */
	warmUpMs: number;
	forMs: number;
	/**
	 * Requests a second over all connections, evenly spread. Default: each connection asks again as
	 * soon as it was answered.
	 */
	perSecond?: number;
}

export interface Measured {
	perSecond: number;
	p50: number;
	p99: number;
	requests: number;
	/** Of each request that was measured, shortest first. */
	times: number[];
}

/**
 * Sends the same POST over plain sockets: a client that costs next to nothing, since it shares the
 * machine with what is measured. Times are in milliseconds, from the moment a request was due.
 */
export async function underLoad(load: Load): Promise<Measured> {
	const { hostname, port, host } = new URL(load.url);
	const json = JSON.stringify(load.body);
	const head =
		`POST ${load.path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${load.token}\r\n` +
		`Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(json)}\r\n`;
	const request = Buffer.from(`${head}\r\n${json}`);
	const next = () =>
		load.eachHeader ? Buffer.from(`${head}${load.eachHeader()}\r\n\r\n${json}`) : request;
	const times: number[] = [];
	const began = performance.now();
	const from = began + load.warmUpMs;
	const until = from + load.forMs;
	const gap = load.perSecond === undefined ? 0 : (1000 * load.atOnce) / load.perSecond;
	await Promise.all(
		Array.from({ length: load.atOnce }, async (_, nth) => {
			const socket = connect(Number(port), hostname).setNoDelay(true);
			try {
				for (let due = began + (gap * nth) / load.atOnce; ;) {
					const now = performance.now();
					if (now > until) return;
					if (due > now) await new Promise((resolve) => setTimeout(resolve, due - now));
					const start = gap > 0 ? Math.max(due, performance.now() - 1) : now;
					await exchange(socket, next());
					const end = performance.now();
					if (start >= from && end <= until) times.push(end - start);
					due = gap > 0 ? Math.max(due + gap, end) : end;
				}
			} finally {
				socket.destroy();
			}
		}),
	);
	times.sort((one, other) => one - other);
	return {
		perSecond: Math.round((times.length / load.forMs) * 1000),
		p50: percentile(times, 0.5),
		p99: percentile(times, 0.99),
		requests: times.length,
		times,
	};
}

/** @param times shortest first */
export function percentile(times: number[], share: number): number {
	return rounded(times[Math.floor((times.length - 1) * share)] ?? Infinity);
}

export const rounded = (value: number) => Math.round(value * 100) / 100;

async function exchange(socket: Socket, request: Buffer): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		let got = '';
		const done = (error?: Error) => {
			socket.off('data', read).off('error', done).off('close', closed);
			if (error) reject(error);
			else resolve();
		};
		const closed = () => done(new Error('the connection was closed'));
		const read = (chunk: Buffer) => {
			got += chunk.toString('latin1');
			const head = got.indexOf('\r\n\r\n');
			if (head < 0) return;
			const length = Number(/content-length: (\d+)/i.exec(got)?.[1]);
			if (got.length < head + 4 + length) return;
			done(/^HTTP\/1\.1 20[02] /.test(got) ? undefined : new Error(got.slice(0, 1000)));
		};
		socket.on('data', read).once('error', done).once('close', closed);
		socket.write(request);
	});
}
