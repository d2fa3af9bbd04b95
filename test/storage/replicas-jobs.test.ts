import { randomBytes, randomUUID } from 'node:crypto';
import { leaseMs as noticeLeaseMs } from '../../sidecar/alerts/send-notices';
import { compose } from '../../sidecar/compose';
import { readConfig } from '../../sidecar/config';
import { leaseMs as bulkLeaseMs } from '../../sidecar/dead-letters/bulk/work-off';
import { replayLeaseMs } from '../../sidecar/dead-letters/replay-ports';
import { leaseMs as changeLeaseMs } from '../../sidecar/direct-changes/alone';
import { leaseMs as executionLeaseMs } from '../../sidecar/executions/dispatch-ports';
import { idleMs } from '../../sidecar/jobs/dispatcher';
import type { Job } from '../../sidecar/jobs/job';
import { leaseMs as parkedLeaseMs, pollMs } from '../../sidecar/jobs/resume-parked';
import { leaseMs as jobLeaseMs, runLeased } from '../../sidecar/jobs/run-jobs';
import { routeEveryMs } from '../../sidecar/jobs/event-router';
import { leaseMs as deliveryLeaseMs, lookEveryMs } from '../../sidecar/jobs/webhook-dispatcher';
import { systemClock } from '../../sidecar/kernel/clock';
import { createLog } from '../../sidecar/monitoring/log';
import { leaseMs as promotionLeaseMs } from '../../sidecar/promotion/drive';
import { createLeaseStore } from '../../sidecar/storage/lease-store';
import { type FreshDatabase, freshDatabase } from '../support/postgres/fresh-database';

const log = createLog({ level: 'silent' });
const boundMs = 30_000;

let database: FreshDatabase;
/** All jobs of the product, as each replica has them. */
let jobs: Job[];

beforeAll(async () => {
	database = await freshDatabase();
	const config = { ...readConfig({}), encryptionKeys: [randomBytes(32)] };
	jobs = compose(config, database.pool, log, { version: '1.2.3' }).jobs;
});
afterAll(async () => {
	await database.drop();
});

const replica = (owner: string) => ({
	leases: createLeaseStore(database.pool),
	owner,
	clock: systemClock,
	log,
});

it('has jobs that no other keeps from running', () => {
	const names = jobs.map(({ name }) => name);
	expect(names.length).toBeGreaterThan(15);
	expect(new Set(names).size).toBe(names.length);
});

it('runs each job once when two replicas begin it at the same moment', async () => {
	const runs = new Map<string, number>();
	for (const { name, everySeconds } of jobs) {
		const bothAsked = Promise.withResolvers<void>();
		let over = 0;
		const counted: Job = {
			name,
			everySeconds,
			run: async () => {
				runs.set(name, (runs.get(name) ?? 0) + 1);
				await bothAsked.promise;
			},
		};
		const round = async (owner: string) => {
			await runLeased(counted, replica(owner));
			// Who was turned away is back first, and lets the other one end.
			if ((over += 1) === 1) bothAsked.resolve();
		};
		await Promise.all([round('one'), round('other')]);
	}
	expect([...runs.values()]).toEqual(jobs.map(() => 1));
});

it('gives each job of a replica that died to another one when its lease has run out', async () => {
	const { leases } = replica('dead');
	const ran: string[] = [];
	for (const { name, everySeconds } of jobs) {
		const dead = await leases.acquire(`job:${name}`, `dead ${randomUUID()}`, 60_000);
		expect(dead).not.toBeNull();
		const counted = {
			name,
			everySeconds,
			run: async () => void (await Promise.resolve(ran.push(name))),
		};
		await runLeased(counted, replica('alive'));
		expect(ran).not.toContain(name);
		// Its time goes by.
		await database.pool.query(
			`update leases set expires_at = clock_timestamp() - interval '1 millisecond'
			where leases.name = $1`,
			[`job:${name}`],
		);
		await runLeased(counted, replica('alive'));
	}
	expect(ran).toEqual(jobs.map(({ name }) => name));
});

it('takes over whatever a dead replica held in under 30 seconds', () => {
	const everyMs = (job: string) => {
		const found = jobs.find(({ name }) => name === job);
		if (!found) throw new Error(`there is no job ${job}`);
		return found.everySeconds * 1_000;
	};
	// The lease of the work itself, and until somebody looks. A job that looks was perhaps held by
	// the same replica, and then waits for its own, shorter lease in the same time.
	const work: Record<string, [leaseMs: number, lookMs: number]> = {
		// Held by a transaction, which ends with its process.
		'events that arrived': [0, routeEveryMs],
		deliveries: [deliveryLeaseMs, lookEveryMs],
		executions: [executionLeaseMs, idleMs],
		parked: [parkedLeaseMs, pollMs],
		'a job': [jobLeaseMs, 5_000],
		promotions: [promotionLeaseMs, everyMs('attend-promotions')],
		replays: [replayLeaseMs, everyMs('settle-replays')],
		'letters of bulk replays': [bulkLeaseMs, 1_000],
		'notices of alerts': [noticeLeaseMs, everyMs('send-alert-notices')],
		'a workflow that is changed': [changeLeaseMs, 0],
	};
	const late = Object.entries(work).filter(
		([, [leaseMs, lookMs]]) => Math.max(leaseMs, jobLeaseMs) + lookMs >= boundMs,
	);
	expect(late).toEqual([]);
	// Nobody waits longer for the rounds of a job than for its lease, but for what is not urgent.
	const urgent = jobs.filter(({ everySeconds }) => everySeconds <= 15);
	for (const { everySeconds } of urgent) {
		expect(jobLeaseMs + everySeconds * 1_000).toBeLessThan(boundMs);
	}
});
