import type { Clock } from '../../kernel/clock';
import { backoffDelay } from '../../kernel/backoff';
import type { StorageLog } from '../storage-log';
import type { ServerProcess } from './server-process';

const restartPolicy = { baseDelayMs: 100, maxDelayMs: 10_000, jitter: 0 };

/** A server that lasted this long had started well. */
const steadyMs = 60_000;

/**
 * Starts the server again whenever it ends without being asked to.
 * @returns stops the watch and the server
 */
export function superviseServer(
	first: ServerProcess,
	restart: () => Promise<ServerProcess>,
	clock: Clock,
	log: StorageLog,
): () => Promise<void> {
	const stopping = new AbortController();
	let server = first;

	const watch = async () => {
		let failures = 0;
		while (!stopping.signal.aborted) {
			const since = clock.now().getTime();
			await server.ended;
			if (stopping.signal.aborted) return;
			failures = clock.now().getTime() - since > steadyMs ? 1 : failures + 1;
			log.error({ said: server.lastWords(), failures }, 'Postgres ended; starting it again');
			const delay = backoffDelay(restartPolicy, failures, 0);
			await clock.sleep(delay, stopping.signal).catch(() => undefined);
			if (stopping.signal.aborted) return;
			try {
				server = await restart();
			} catch (error) {
				const reason = error instanceof Error ? error.message : String(error);
				log.error({ reason }, 'Postgres could not be started again; trying on');
			}
		}
	};
	const watching = watch();

	return async () => {
		stopping.abort();
		await server.stop();
		await watching;
		// One that a restart under way had just begun.
		await server.stop();
	};
}
