import type { DeadLetterStore, HeldLetter } from '../dead-letters/dead-letter-store';
import type { Queryable } from './queryable';

/** The definition is looked into by the caller: Postgres reads no JSON with U+0000 in it. */
export async function heldLetters(
	client: Queryable,
	...[environment, { maxAttempts, limit, after }]: Parameters<DeadLetterStore['held']>
): Promise<HeldLetter[]> {
	const { rows } = await client.query<HeldLetter>(
		`select dead_letters.id, dead_letters.error, dead_letters.ran,
			coalesce((select max(replays.finished_at) from replays
				where replays.letter_id = dead_letters.id), dead_letters.created_at) as "failedAt"
		from dead_letters
		where dead_letters.environment = $1 and dead_letters.state = 'waiting'
			and dead_letters.error_class = 'auth' and dead_letters.attempts < $2
			and dead_letters.execution_id is not null
			and dead_letters.origin in ('follower', 'error-workflow') and dead_letters.ran is not null
			and ($4::uuid is null or dead_letters.id > $4)
		order by dead_letters.id limit $3`,
		[environment, maxAttempts, limit, after],
	);
	return rows;
}

export async function releaseHeld(
	client: Queryable,
	...[ids, note, now]: Parameters<DeadLetterStore['releaseHeld']>
): Promise<void> {
	await client.query(
		`update dead_letters set state = 'scheduled', next_replay_at = $2, updated_at = $2,
			note = nullif(concat_ws(E'\\n', dead_letters.note, $3::text), '')
		where dead_letters.id = any ($1::uuid[]) and dead_letters.state = 'waiting'`,
		[ids, now, note],
	);
}
