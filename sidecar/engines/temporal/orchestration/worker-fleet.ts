import { digestOf } from '../../../kernel/canonical-json';
import type { Clock } from '../../../kernel/clock';
import type { EngineConnection } from '../../port/connection';
import type { RunningWorker, WorkerLog } from './run-worker';

export interface WorkerFleet {
	start(): void;
	/** Stops all workers, each in its own grace. */
	stop(): Promise<void>;
	/** Environments that should have a worker here, and have none now. */
	missing(): string[];
}

export interface WorkerFleetOptions {
	/** Of the environments whose work is taken. */
	connections(): Promise<EngineConnection[]>;
	startWorker(connection: EngineConnection): Promise<RunningWorker>;
	clock: Clock;
	log: WorkerLog;
}

/** Environments come and go; they are looked at this often. */
const lookEveryMs = 10_000;

interface Member {
	fingerprint: string;
	worker: RunningWorker;
}

/** One worker an environment of the kind temporal, from when it is registered until it goes or changes. */
export function createWorkerFleet(options: WorkerFleetOptions): WorkerFleet {
	const { clock, log } = options;
	const members = new Map<string, Member>();
	const over = new AbortController();
	let wanted: string[] = [];
	let isTold = false;
	let loop: Promise<void> | null = null;

	const leave = async (name: string): Promise<void> => {
		const member = members.get(name);
		members.delete(name);
		await member?.worker.stop();
	};
	const join = async (connection: EngineConnection, fingerprint: string): Promise<void> => {
		const { environment } = connection;
		try {
			const worker = await options.startWorker(connection);
			const member = { fingerprint, worker };
			members.set(environment, member);
			log.info({ environment }, 'a worker takes orchestrations of this environment');
			worker.ended.catch((error: unknown) => {
				log.error({ environment, err: error }, 'a worker has ended; it is started again');
				if (members.get(environment) === member) members.delete(environment);
			});
		} catch (error) {
			log.error({ environment, err: error }, 'no worker can be started; it is tried again');
		}
	};
	const round = async (): Promise<void> => {
		const connections = await options.connections();
		wanted = connections.map(({ environment }) => environment);
		if (wanted.length === 0 && !isTold) {
			log.warn(
				{},
				'there is no environment whose engine is temporal, so there is nothing to do and Temporal is not loaded; register one with PUT /api/v1/environments/{name}, it is seen within 10 s',
			);
		}
		isTold = wanted.length === 0;
		const fingerprints = new Map(connections.map((each) => [each.environment, digestOf(each)]));
		for (const [name, { fingerprint }] of members) {
			if (fingerprints.get(name) !== fingerprint) await leave(name);
		}
		for (const connection of connections) {
			const { environment } = connection;
			if (over.signal.aborted || members.has(environment)) continue;
			await join(connection, fingerprints.get(environment) ?? '');
		}
	};
	const run = async (): Promise<void> => {
		while (!over.signal.aborted) {
			await round().catch((error: unknown) => {
				log.error({ err: error }, 'environments cannot be looked at now; tried again');
			});
			await clock.sleep(lookEveryMs, over.signal).catch(() => undefined);
		}
	};
	return {
		start: () => {
			loop ??= run();
		},
		stop: async () => {
			over.abort();
			await loop;
			await Promise.all([...members.keys()].map(leave));
		},
		missing: () => wanted.filter((name) => !members.has(name)),
	};
}
