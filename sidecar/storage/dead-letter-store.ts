import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import {
	acceptLetter,
	countLetters,
	expireLetters,
	fillLetter,
	findLetter,
	listLetters,
	moveLetter,
	uncapturedLetters,
} from './letter-queries';
import type { Queryable } from './pool';
import {
	beginReplay,
	dueLetters,
	endReplay,
	markInDoubt,
	renewLease,
	replaysOf,
	takeOverReplays,
} from './replay-queries';

export function createDeadLetterStore(client: Queryable): DeadLetterStore {
	return {
		accept: async (letter) => await acceptLetter(client, letter),
		find: async (id) => await findLetter(client, id),
		list: async (filter, page) => await listLetters(client, filter, page),
		replaysOf: async (letterId) => await replaysOf(client, letterId),
		beginReplay: async (id, replay, lease) => await beginReplay(client, id, replay, lease),
		renewLease: async (id, lease) => await renewLease(client, id, lease),
		endReplay: async (letterId, number, end) => await endReplay(client, letterId, number, end),
		markInDoubt: async (letterId, number) => await markInDoubt(client, letterId, number),
		takeOverReplays: async (lease, limit) => await takeOverReplays(client, lease, limit),
		due: async (now, limit) => await dueLetters(client, now, limit),
		uncaptured: async (environment, limit) => await uncapturedLetters(client, environment, limit),
		fill: async (id, capture, errorClass, at) =>
			await fillLetter(client, id, capture, errorClass, at),
		move: async (...move) => await moveLetter(client, ...move),
		expire: async (now) => await expireLetters(client, now),
		count: async () => await countLetters(client),
	};
}
