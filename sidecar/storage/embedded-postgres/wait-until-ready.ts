import { Client } from 'pg';
import type { Clock } from '../../kernel/clock';
import { codeOf } from '../database-errors';
import { notStartable } from './not-startable';
import type { ServerProcess } from './server-process';

/** Replaying the log after a crash may take its time. */
const readyWithinMs = 300_000;
const pollMs = 20;

/**
 * Resolves when the server lets us in; false when its port was taken by someone else meanwhile.
 * @throws OrchestrationError `database_not_startable`
 */
export async function waitUntilReady(
	connectionString: string,
	server: ServerProcess,
	clock: Clock,
): Promise<'ready' | 'port-taken'> {
	const since = clock.now().getTime();
	for (;;) {
		const refusal = await tryToConnect(connectionString);
		if (!server.isRunning()) {
			if (server.lastWords().includes('could not create any TCP/IP sockets')) return 'port-taken';
			throw notStartable(
				`the embedded Postgres ended while starting: ${server.lastWords()}; ` +
					'its data folder was left as it is',
			);
		}
		if (refusal === null) return 'ready';
		// 28P01: wrong password
		if (codeOf(refusal) === '28P01') {
			throw notStartable(
				'the embedded Postgres refuses the password kept beside its data folder; ' +
					'restore both from the same backup',
				refusal,
			);
		}
		if (clock.now().getTime() - since > readyWithinMs) {
			throw notStartable(
				`the embedded Postgres was not ready within ${readyWithinMs / 1000} s: ` +
					server.lastWords(),
				refusal,
			);
		}
		await clock.sleep(pollMs);
	}
}

async function tryToConnect(connectionString: string): Promise<unknown> {
	const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
	// A connection lost later in its short life is no news: the next try tells.
	client.on('error', () => undefined);
	try {
		await client.connect();
		await client.end();
		return null;
	} catch (error) {
		return error;
	}
}
