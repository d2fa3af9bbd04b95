import { schedule, type ScheduledTask } from 'node-cron';
import type { Clock } from '../kernel/clock';
import type { Log } from '../monitoring/log';
import { cronOf, type Job } from './job';
import type { LeaseStore } from './lease';

export interface JobDependencies {
	leases: LeaseStore;
	/** Names this process in leases. */
	owner: string;
	clock: Clock;
	log: Log;
}

export interface RunningJobs {
	/** Starts no more rounds and waits for those under way. A second call waits for the first. */
	stop(): Promise<void>;
}

/** Short: after a kill -9 the jobs of a lone sidecar rest for as long. */
export const leaseMs = 10_000;

/** Schedules jobs. Of many processes on one database only one runs a job at a time. */
export function runJobs(jobs: Job[], dependencies: JobDependencies): RunningJobs {
	const underWay = new Set<Promise<void>>();
	const stopping = new AbortController();
	const tasks = jobs.map((job) =>
		schedule(
			cronOf(job.everySeconds),
			async () => {
				const round = runLeased(job, dependencies, stopping.signal);
				underWay.add(round);
				await round;
				underWay.delete(round);
			},
			{
				name: job.name,
				noOverlap: true,
				suppressMissedWarning: true,
				logger: quietLogger(dependencies.log),
			},
		),
	);
	let stopped: Promise<void> | null = null;
	return {
		stop: async () => {
			stopping.abort();
			await (stopped ??= stop(tasks, underWay));
		},
	};
}

async function stop(tasks: ScheduledTask[], underWay: Set<Promise<void>>): Promise<void> {
	await Promise.all(tasks.map(async (task) => await task.destroy()));
	await Promise.all(underWay);
}

/** One round of a job, if no other process is at it. Never rejects. */
export async function runLeased(
	job: Job,
	{ leases, owner, clock, log }: JobDependencies,
	stopping?: AbortSignal,
): Promise<void> {
	const name = `job:${job.name}`;
	const over = new AbortController();
	try {
		const lease = await leases.acquire(name, owner, leaseMs);
		if (!lease) return;
		const heartbeat = renewUntil(over.signal, clock, async () => {
			await leases.renew(name, owner, lease.fence, leaseMs);
		});
		try {
			await job.run(stopping);
		} finally {
			over.abort();
			await heartbeat;
			await leases.release(name, owner, lease.fence);
		}
	} catch (error) {
		log.error({ err: error, job: job.name }, 'a job failed and will be tried again');
	}
}

async function renewUntil(
	signal: AbortSignal,
	clock: Clock,
	renew: () => Promise<void>,
): Promise<void> {
	while (!signal.aborted) {
		await clock.sleep(leaseMs / 3, signal).catch(() => undefined);
		// A missed renewal is made up by the next one; a lost lease costs double work, never lost work.
		if (!signal.aborted) await renew().catch(() => undefined);
	}
}

/** node-cron speaks of missed and overlapping rounds, which are expected here. */
function quietLogger(log: Log) {
	const say = (message: string | Error) => {
		log.debug({ cron: message instanceof Error ? message.message : message }, 'node-cron');
	};
	return { debug: say, info: say, warn: say, error: say };
}
