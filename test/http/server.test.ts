import { createServer } from 'node:http';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { environmentName } from '../../sidecar/http/wire-schemas';
import { type ServerSentEvent, defineRoute, serverSentEvents } from '../../sidecar/http/route';
import { startServer } from '../../sidecar/http/server';
import { createDraining } from '../../sidecar/http/draining';
import { systemClock } from '../../sidecar/kernel/clock';
import { createLog } from '../../sidecar/monitoring/log';
import { eventually } from '../support/postgres/eventually';
import { type HttpRoom, type HttpRoomOptions, openHttpRoom } from '../support/http/http-room';

let room: HttpRoom;
let opened: HttpRoom | null = null;
let working = 0;
let release: () => void;

const slow = defineRoute({
	method: 'get',
	path: '/api/v1/slow',
	summary: 'Ends when it is released',
	role: 'public',
	responses: { 204: null },
}).handledBy(async () => {
	working += 1;
	await new Promise<void>((resolve) => (release = resolve));
	return { status: 204 };
});

const events = defineRoute({
	method: 'get',
	path: '/api/v1/events',
	summary: 'Two events, then silence',
	role: 'viewer',
	responses: { 200: serverSentEvents(environmentName) },
}).handledBy(async ({ signal, log }) => {
	async function* story(): AsyncGenerator<ServerSentEvent<string>> {
		try {
			yield { id: '1', event: 'phase', data: 'applying' };
			yield { data: 'line\nbreak' };
			await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
		} finally {
			log.info({}, 'the story was let go');
		}
	}
	return { status: 200, events: story() };
});

async function open(options: HttpRoomOptions = {}): Promise<void> {
	room = await openHttpRoom({ routes: [slow, events], ...options });
	opened = room;
}

beforeEach(() => {
	working = 0;
});
afterEach(async () => {
	await opened?.close();
	opened = null;
});

it('finishes what is in flight, refuses what is new, and stops once', async () => {
	await open();
	const inFlight = fetch(`${room.url}/api/v1/slow`);
	await eventually('the request is being worked on', 2000, () => working === 1);
	const stops = [room.stop(), room.stop()];
	await eventually('new connections are refused', 2000, async () => await isRefused(room.port));
	release();
	const answer = await inFlight;
	expect(answer.status).toBe(204);
	expect(answer.headers.get('connection')).toBe('close');
	await Promise.all(stops);
});

it('cuts off what is still in flight at the deadline', async () => {
	await open({ graceMs: 10_000 });
	const inFlight = fetch(`${room.url}/api/v1/slow`).then(
		() => 'answered',
		() => 'cut off',
	);
	await eventually('the request is being worked on', 2000, () => working === 1);
	const stopped = room.stop();
	await eventually('new connections are refused', 2000, async () => await isRefused(room.port));
	room.clock.pass(10_000);
	await stopped;
	expect(await inFlight).toBe('cut off');
	expect(room.logged()).toContain('cut off');
	release();
});

it('does not wait for connections that are kept alive', async () => {
	await open();
	const socket = connect(room.port, '127.0.0.1');
	socket.resume();
	socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
	await once(socket, 'data');
	const closed = once(socket, 'close');
	await room.stop();
	await closed;
});

it('says at /readyz that it is draining', async () => {
	await open();
	expect(await room.call('GET /readyz')).toMatchObject({ status: 200, body: { status: 'ready' } });
	room.draining.begin();
	expect(await room.call('GET /readyz')).toMatchObject({
		status: 503,
		body: { status: 'draining' },
	});
	expect((await room.call('GET /healthz')).status).toBe(200);
});

describe('an event stream', () => {
	const read = async (response: Response) => {
		const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
		let text = '';
		return {
			text: () => text,
			upTo: async (end: string) => {
				while (!text.includes(end)) {
					const chunk = await reader?.read();
					if (!chunk || chunk.done) break;
					text += chunk.value;
				}
				return text;
			},
		};
	};
	const listen = async () =>
		await fetch(`${room.url}/api/v1/events`, {
			headers: { authorization: `Bearer ${room.admin}` },
		});

	it('comes event by event and ends when the server stops', async () => {
		await open();
		const response = await listen();
		expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
		const stream = await read(response);
		expect(await stream.upTo('break')).toBe(
			'id: 1\nevent: phase\ndata: "applying"\n\ndata: "line\\nbreak"\n\n',
		);
		await room.stop();
		await stream.upTo('never');
		expect(room.logged()).toContain('the story was let go');
	});

	it('is let go when the client goes away', async () => {
		await open();
		const response = await listen();
		await response.body?.cancel();
		await eventually('it is let go', 5000, () => room.logged().includes('the story was let go'));
	});
});

it('says what to do when the port is taken', async () => {
	const other = createServer().listen(0, '127.0.0.1');
	await once(other, 'listening');
	const { port } = other.address() as AddressInfo;
	const starting = startServer({
		app: () => {},
		host: '127.0.0.1',
		port,
		draining: createDraining(),
		clock: systemClock,
		log: createLog({ level: 'silent' }),
	});
	try {
		await expect(starting).rejects.toMatchObject({
			code: 'configuration_invalid',
			message: expect.stringMatching(/EADDRINUSE.*another program.*PORT/),
		});
	} finally {
		other.close();
	}
});

async function isRefused(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	return await new Promise((resolve) => {
		socket.once('connect', () => {
			socket.destroy();
			resolve(false);
		});
		socket.once('error', () => resolve(true));
	});
}
