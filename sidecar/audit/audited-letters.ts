import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import type { AuditTrail } from './audit-trail';

/** What the dead letter queue does by itself is written down as well. */
export function auditedLetters(letters: DeadLetterStore, trail: AuditTrail): DeadLetterStore {
	const byItself = { requestId: null, outcome: 'ok' } as const;
	return {
		...letters,
		beginReplay: async (id, replay, lease) => {
			const begun = await letters.beginReplay(id, replay, lease);
			if (begun && replay.requestedBy === 'schedule') {
				const letter = await letters.find(id);
				await trail.append({
					...byItself,
					actor: 'system:replay-due',
					action: 'dead-letter.replay',
					subject: id,
					environment: letter?.environment ?? null,
					details: { attempt: begun.number, strategy: replay.strategy },
				});
			}
			return begun;
		},
		expire: async (now) => {
			const expired = await letters.expire(now);
			for (const { environment, letters: count } of expired) {
				await trail.append({
					...byItself,
					actor: 'system:expire-letters',
					action: 'dead-letter.expire',
					subject: null,
					environment,
					details: { count },
				});
			}
			return expired;
		},
		purge: async (before, limit) => {
			const count = await letters.purge(before, limit);
			if (count > 0) {
				await trail.append({
					...byItself,
					actor: 'system:purge-letters',
					action: 'dead-letter.remove',
					subject: null,
					environment: null,
					details: { count, before: before.toISOString() },
				});
			}
			return count;
		},
	};
}
