import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig, type Config } from './config';
import { isOrchestrationError } from './kernel/errors';
import { createLog, type Log } from './monitoring/log';

/** Undone in reverse when the process stops. */
export type Undo = () => Promise<void>;

/** Runs a process of ours until SIGINT or SIGTERM; what `start` has pushed is undone then. */
export function runProcess(
	start: (config: Config, log: Log, started: Undo[]) => Promise<void>,
): void {
	run(start).catch((error: unknown) => {
		// The log may not be there yet.
		console.error(isOrchestrationError(error) ? `${error.code}: ${error.message}` : error);
		process.exit(1);
	});
}

async function run(start: Parameters<typeof runProcess>[0]): Promise<void> {
	const config = readConfig();
	const log = createLog({ level: config.logLevel });
	for (const name of config.unknownSettings) {
		log.warn({ name }, 'an environment variable looks like a setting of ours but is none');
	}
	const started: Undo[] = [];
	let stopping: Promise<void> | null = null;
	const stop = async () => await (stopping ??= undo(started, log));
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.on(signal, () => {
			log.info({ signal }, 'stopping');
			void stop().then(() => process.exit(0));
		});
	}
	try {
		await start(config, log, started);
	} catch (error) {
		await stop();
		throw error;
	}
}

async function undo(started: Undo[], log: Log): Promise<void> {
	for (let step = started.pop(); step; step = started.pop()) {
		await step().catch((error: unknown) => {
			log.error({ err: error }, 'a part did not stop cleanly');
		});
	}
}

/** Of the product. */
export function readVersion(): string {
	const manifest: unknown = JSON.parse(readFileSync(join(__dirname, '..', 'package.json'), 'utf8'));
	return (manifest as { version: string }).version;
}
