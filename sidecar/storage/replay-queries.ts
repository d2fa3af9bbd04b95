import type { Replay } from '../dead-letters/dead-letter';
import { replayColumns, toReplay, type ReplayRow } from './dead-letter-row';
import type { Queryable } from './queryable';

export async function markInDoubt(
	client: Queryable,
	letterId: string,
	number: number,
	executionId: string | null,
): Promise<void> {
	await client.query(
		`update replays set status = 'in-doubt', execution_id = coalesce($3, replays.execution_id)
		where replays.letter_id = $1 and replays.number = $2
			and replays.status in ('running', 'in-doubt')`,
		[letterId, number, executionId],
	);
}

export async function replaysOf(client: Queryable, letterId: string): Promise<Replay[]> {
	const { rows } = await client.query<ReplayRow>(
		`select ${replayColumns} from replays where replays.letter_id = $1 order by replays.number`,
		[letterId],
	);
	return rows.map(toReplay);
}

export async function dueLetters(
	client: Queryable,
	now: Date,
	perEnvironment: number,
): Promise<Array<{ id: string; environment: string }>> {
	const { rows } = await client.query<{ id: string; environment: string }>(
		`select due.id, due.environment from environments
		cross join lateral (
			select dead_letters.id, dead_letters.environment, dead_letters.next_replay_at
			from dead_letters
			where dead_letters.environment = environments.name and dead_letters.state = 'scheduled'
				and dead_letters.next_replay_at <= $1
			order by dead_letters.next_replay_at limit $2
		) as due
		order by due.next_replay_at`,
		[now, perEnvironment],
	);
	return rows;
}
