import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import { createLetterIntake } from './letter-intake';
import { heldLetters, releaseHeld } from './held-letters';
import { claimUncaptured, completeLetter } from './letter-completion';
import { expireLetters, purgeLetters, restoreLetter } from './letter-archive';
import { listLetters } from './letter-pages';
import { countLetters, findLetter, moveLetter } from './letter-queries';
import { listIncidents, nameIncidents, withoutIncident } from './letter-incidents';
import type { Queryable } from './queryable';
import { goAhead, renewLease, takeOverReplays } from './replay-leases';
import { dueLetters, markInDoubt, replaysOf } from './replay-queries';
import { createReplayTurns } from './replay-turns';

export function createDeadLetterStore(client: Queryable): DeadLetterStore {
	return {
		...createLetterIntake(client),
		find: async (id) => await findLetter(client, id),
		list: async (filter, page) => await listLetters(client, filter, page),
		replaysOf: async (letterId) => await replaysOf(client, letterId),
		...createReplayTurns(client),
		renewLease: async (id, lease) => await renewLease(client, id, lease),
		goAhead: async (...request) => await goAhead(client, ...request),
		markInDoubt: async (...replay) => await markInDoubt(client, ...replay),
		takeOverReplays: async (lease, limit) => await takeOverReplays(client, lease, limit),
		due: async (now, perEnvironment) => await dueLetters(client, now, perEnvironment),
		claimUncaptured: async (...request) => await claimUncaptured(client, ...request),
		complete: async (...completion) => await completeLetter(client, ...completion),
		move: async (...move) => await moveLetter(client, ...move),
		held: async (...page) => await heldLetters(client, ...page),
		releaseHeld: async (...release) => await releaseHeld(client, ...release),
		withoutIncident: async (limit) => await withoutIncident(client, limit),
		nameIncidents: async (named) => await nameIncidents(client, named),
		incidents: async (filter, page) => await listIncidents(client, filter, page),
		expire: async (now) => await expireLetters(client, now),
		restore: async (...restored) => await restoreLetter(client, ...restored),
		purge: async (...purged) => await purgeLetters(client, ...purged),
		count: async () => await countLetters(client),
	};
}
