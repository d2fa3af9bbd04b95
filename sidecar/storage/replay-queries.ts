import type { Replay } from '../dead-letters/dead-letter';
import type { ReplayEnd } from '../dead-letters/dead-letter-store';
import { replayColumns, toReplay, type ReplayRow } from './dead-letter-row';
import type { Queryable } from './queryable';
import { storedText } from './stored-text';

/** Ends the replay and moves its letter in one statement; a replay that has ended stays as it is. */
export async function endReplay(
	client: Queryable,
	letterId: string,
	number: number,
	end: ReplayEnd,
): Promise<boolean> {
	const { rowCount } = await client.query(
		`with ended as (
			update replays set status = $3, execution_id = coalesce($4, replays.execution_id), message = $5, finished_at = $6
			where replays.letter_id = $1 and replays.number = $2
				and replays.status in ('running', 'in-doubt')
			returning replays.letter_id, replays.strategy
		), named as (
			insert into letter_executions (environment, workflow_id, execution_id, letter_id)
			select dead_letters.environment, dead_letters.workflow_id, $4::text, dead_letters.id
			from ended join dead_letters on dead_letters.id = ended.letter_id
			where ended.strategy = 'retry' and $3 = 'failed' and $4::text is not null
			on conflict (environment, workflow_id, execution_id) do nothing
		)
		update dead_letters set state = $7, next_replay_at = $8, lease_owner = null,
			lease_expires_at = null, updated_at = $6
		from ended where dead_letters.id = ended.letter_id`,
		[
			letterId,
			number,
			end.status,
			end.executionId,
			storedText(end.message),
			end.finishedAt,
			end.letter.state,
			end.letter.state === 'scheduled' ? end.letter.at : null,
		],
	);
	return rowCount === 1;
}

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
