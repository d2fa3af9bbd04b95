import { recoverAudit } from '../audit/audit-trail';
import type { AuditStore } from '../audit/audit-store';
import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { replayDue } from '../dead-letters/due-replays';
import type { InBackground, ReplayPorts } from '../dead-letters/replay-ports';
import { settleReplays } from '../dead-letters/settle-replays';
import type { Clock } from '../kernel/clock';
import type { PromotionStore } from '../promotion/promotion-store';
import type { Job } from './job';

const day = 86_400_000;

/** Replays: what is due is begun, what lost its process is settled. */
export function replayJobs(ports: ReplayPorts & InBackground): Job[] {
	return [
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

export function expireLetters(letters: DeadLetterStore, clock: Clock): Job {
	return {
		name: 'expire-letters',
		everySeconds: 60,
		run: async () => {
			await letters.expire(clock.now());
		},
	};
}

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
