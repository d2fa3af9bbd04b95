import { recoverAudit } from '../audit/audit-trail';
import type { AuditStore } from '../audit/audit-store';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { replayDue } from '../dead-letters/due-replays';
import type { InBackground, ReplayPorts } from '../dead-letters/replay-ports';
import { type HeldPorts, releaseHeldLetters } from '../dead-letters/release-held';
import { settleReplays } from '../dead-letters/settle-replays';
import { tendJoins, type TendPorts } from '../joins/tend-joins';
import type { Clock } from '../kernel/clock';
import { liveAt } from '../sessions/authenticate-session';
import type { SessionTimes } from '../sessions/session';
import type { SessionStore } from '../sessions/session-store';
import type { Emit } from '../webhooks/system-event';
import type { EventStore } from '../webhooks/event';
import type { PromotionStore } from '../promotion/promotion-store';
import { inSteps } from './in-steps';
import type { Job } from './job';

const day = 86_400_000;

/** Replays: what is due is begun, what lost its process is settled. */
export function replayJobs(ports: ReplayPorts & InBackground & HeldPorts): Job[] {
	const credentialsSeen = new Map<string, string>();
	return [
		{
			name: 'release-held-letters',
			everySeconds: 30,
			run: async () => {
				await releaseHeldLetters(ports, credentialsSeen);
			},
		},
		{
			name: 'replay-due',
			everySeconds: 5,
			run: async () => {
				await replayDue(ports);
			},
		},
		{
			name: 'settle-replays',
			everySeconds: 5,
			run: async () => {
				await settleReplays(ports);
			},
		},
	];
}

/** Letters go into the archive when their time is over, and out of it when that is. Each step is told. */
export function letterKeeping(ports: {
	letters: Pick<DeadLetterStore, 'expire' | 'purge'>;
	retentionDays: number;
	clock: Clock;
	emit: Emit;
}): Job[] {
	const { letters, retentionDays, clock, emit } = ports;
	return [
		{
			name: 'expire-letters',
			everySeconds: 60,
			run: async () => {
				for (const expired of await letters.expire(clock.now())) {
					const { environment } = expired;
					const data = { letters: expired.letters };
					await emit({ type: 'dead_letter.expired', subject: environment, environment, data });
				}
			},
		},
		{
			name: 'purge-letters',
			everySeconds: 600,
			run: async (stopping) => {
				const before = new Date(clock.now().getTime() - retentionDays * day);
				const purge = async () => await letters.purge(before, purgedAtOnce);
				await inSteps(purge, purgedAtOnce, stopping);
			},
		},
	];
}

const purgedAtOnce = 500;

/** Goes on with promotions whose process is gone. */
export function attendPromotions(
	promotions: PromotionStore,
	drive: (id: string) => Promise<void>,
): Job {
	return {
		name: 'attend-promotions',
		everySeconds: 5,
		run: async () => {
			for (const id of await promotions.unattended(10)) await drive(id);
		},
	};
}

export function purgeIdempotencyKeys(
	keys: { purge(olderThan: Date): Promise<unknown> },
	clock: Clock,
): Job {
	return {
		name: 'purge-idempotency-keys',
		everySeconds: 600,
		run: async () => {
			await keys.purge(new Date(clock.now().getTime() - day));
		},
	};
}

/** Events that are settled and whose time is over. */
export function pruneEvents(events: Pick<EventStore, 'prune'>, clock: Clock): Job {
	return {
		name: 'prune-webhook-events',
		everySeconds: 60,
		run: async (stopping) => {
			const prune = async () => await events.prune(clock.now(), prunedAtOnce);
			await inSteps(prune, prunedAtOnce, stopping);
		},
	};
}

const prunedAtOnce = 1_000;

/** Leases that are over count for nobody; their rows go here. */
export function purgeConcurrencyLeases(concurrency: { purge(): Promise<void> }): Job {
	return {
		name: 'purge-concurrency-leases',
		everySeconds: 60,
		run: async () => {
			await concurrency.purge();
		},
	};
}

/** What was settled 7 days ago is of no interest any more. */
export function purgeParked(
	stores: ReadonlyArray<{ purge(before: Date): Promise<void> }>,
	clock: Clock,
): Job {
	return {
		name: 'purge-parked',
		everySeconds: 600,
		run: async () => {
			const before = new Date(clock.now().getTime() - 7 * day);
			for (const store of stores) await store.purge(before);
		},
	};
}

export function tendJoinsJob(ports: TendPorts): Job {
	return {
		name: 'tend-joins',
		everySeconds: 1,
		run: async () => {
			await tendJoins(ports);
		},
	};
}

/** What a process had begun when it died is written into the audit log. */
export function recoverAuditIntents(store: AuditStore, clock: Clock): Job {
	return {
		name: 'recover-audit',
		everySeconds: 60,
		run: async () => {
			await recoverAudit(store, clock);
		},
	};
}

export function purgeSessions(
	sessions: Pick<SessionStore, 'purge'>,
	clock: Clock,
	times: SessionTimes,
): Job {
	return {
		name: 'purge-sessions',
		everySeconds: 600,
		run: async () => {
			await sessions.purge(liveAt(clock.now(), times));
		},
	};
}
