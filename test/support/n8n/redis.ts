import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { freePorts } from './free-ports';
import { startGroup, stopGroup } from './process-group';
import { until } from './until';

const usualPlaces = [
	'/usr/bin/redis-server',
	'/usr/local/bin/redis-server',
	'/opt/homebrew/bin/redis-server',
	'/usr/bin/valkey-server',
];

/** REDIS_PATH, else where systems put it. Without one the tests of n8n in queue mode fail: they are not skipped. */
function redisPath(): string {
	const named = process.env['REDIS_PATH'];
	const found = named ?? usualPlaces.find((place) => existsSync(place));
	if (found !== undefined && existsSync(found)) return found;
	throw new Error(
		`Expected Redis ${named ? `at REDIS_PATH (${named})` : 'where systems put it'}, and there is none. ` +
			'Install it (Debian: apt-get install -y redis-server) or set REDIS_PATH to the program.',
	);
}

/** A Redis that keeps nothing, for as long as this process lives. */
export async function startRedis(folder: string): Promise<{ port: number; stop(): Promise<void> }> {
	const [port = 0] = await freePorts(1);
	const pid = await startGroup({
		program: redisPath(),
		args: ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--dir', folder],
		env: { PATH: process.env['PATH'] ?? '' },
		logFile: path.join(folder, 'redis.log'),
		ownerPid: process.pid,
	});
	await until('Redis to take connections', async () => (await isOpen(port)) || undefined);
	return { port, stop: async () => await stopGroup(pid, 5_000) };
}

async function isOpen(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		return await new Promise<boolean>((resolve) => {
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
		});
	} finally {
		socket.destroy();
	}
}
