import { NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { EngineConnection } from '../../port/connection';
import { temporalAddress } from '../temporal-address';
import type { OrchestrationActivities } from './activities';
import { shippedTaskQueue } from './shipped';

export interface WorkerLog {
	info(facts: object, message: string): void;
	warn(facts: object, message: string): void;
	error(facts: object, message: string): void;
}

export interface RunWorkerOptions {
	connection: EngineConnection;
	activities: OrchestrationActivities;
	/** File of the bundled workflows. */
	bundle: string;
	/** Attempts waited for at the same time. */
	atOnce: number;
	/** Milliseconds that attempts under way may take to be handed over when it stops. Default 5 000. */
	graceMs?: number;
	log: WorkerLog;
}

export interface RunningWorker {
	/** Resolves when it has stopped; rejects when it cannot go on. */
	ended: Promise<void>;
	/** Takes no more tasks, gives back what it has and ends. Twice is once. */
	stop(): Promise<void>;
}

/** The server hears so often of an attempt, and an attempt as soon that it is cancelled. */
const heartbeatThrottle = '4s';
const everyday = { namespace: 'default', taskQueue: null };

/** A worker of the shipped workflows in one namespace. @throws what the server or its address says */
export async function runWorker(options: RunWorkerOptions): Promise<RunningWorker> {
	const { namespace, taskQueue } = options.connection.temporal ?? everyday;
	const connection = await NativeConnection.connect(temporalAddress(options.connection));
	try {
		const worker = await Worker.create({
			connection,
			namespace,
			taskQueue: shippedTaskQueue(taskQueue),
			workflowBundle: { codePath: options.bundle },
			activities: options.activities,
			maxConcurrentActivityTaskExecutions: options.atOnce,
			maxHeartbeatThrottleInterval: heartbeatThrottle,
			defaultHeartbeatThrottleInterval: heartbeatThrottle,
			// Whoever takes over from a worker that died waits this long for it.
			stickyQueueScheduleToStartTimeout: '3s',
			shutdownGraceTime: options.graceMs ?? 5_000,
		});
		const ended = worker.run().finally(async () => await connection.close());
		return {
			ended,
			stop: async () => {
				if (worker.getState() === 'RUNNING') worker.shutdown();
				await ended;
			},
		};
	} catch (error) {
		await connection.close();
		throw error;
	}
}

let isPrepared = false;

/** Once a process: the runtime tells our log what it has to say, and leaves signals to us. */
export function prepareRuntime(log: WorkerLog): void {
	if (isPrepared) return;
	isPrepared = true;
	const told =
		(write: (facts: object, message: string) => void) =>
		(message: string, meta: object = {}) =>
			write.call(log, meta, `temporal: ${message}`);
	const nothing = () => undefined;
	Runtime.install({
		shutdownSignals: [],
		logger: {
			trace: nothing,
			debug: nothing,
			info: nothing,
			warn: told(log.warn),
			error: told(log.error),
			log: (level, message, meta = {}) => {
				if (level === 'WARN') log.warn(meta, `temporal: ${message}`);
				if (level === 'ERROR') log.error(meta, `temporal: ${message}`);
			},
		},
	});
}
