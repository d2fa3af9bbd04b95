import type { BulkReplay } from '../dead-letters/bulk/bulk-replay';
import type { Queryable } from './queryable';

/**
 * The row of the bulk replay is locked first, and must be as it was when the statement began: else
 * another has claimed meanwhile, and its letters are not among those counted here. What was not begun in the last second is not made up for: a pause is followed by no burst.
 */
const claimSql = `with turn as materialized (
	select bulk_replays.id,
		least(bulk_replays.rate, coalesce(bulk_replays.pace, bulk_replays.rate)) as rate,
		greatest(bulk_replays.next_at, clock_timestamp() - interval '1 second') as since
	from bulk_replays
	where bulk_replays.id = $1 and bulk_replays.state = 'running'
		and bulk_replays.next_at <= clock_timestamp()
		and bulk_replays.next_at = (select before.next_at from bulk_replays as before
			where before.id = $1)
	for update skip locked
), room as (
	select turn.id, greatest(0, least(
		1 + floor(extract(epoch from clock_timestamp() - turn.since) * turn.rate)::integer,
		$2 - (select count(*) from bulk_replay_letters as busy
			where busy.bulk_id = turn.id and busy.state = 'replaying'))) as letters
	from turn
), taken as (
	select member.letter_id from bulk_replay_letters as member
	where member.bulk_id = (select room.id from room) and member.state = 'waiting'
	order by member.letter_id limit coalesce((select room.letters from room), 0)
	for update of member skip locked
), claimed as (
	update bulk_replay_letters as member set state = 'replaying',
		lease_expires_at = clock_timestamp() + $3 * interval '1 millisecond'
	from taken where member.bulk_id = $1 and member.letter_id = taken.letter_id
	returning member.letter_id
), paced as (
	update bulk_replays set next_at = turn.since
		+ (select count(*) from claimed) / turn.rate * interval '1 second'
	from turn where bulk_replays.id = turn.id
)
select claimed.letter_id from claimed order by claimed.letter_id`;

export async function claimBulkLetters(
	client: Queryable,
	id: BulkReplay['id'],
	{ atOnce, ttlMs }: { atOnce: number; ttlMs: number },
): Promise<string[]> {
	const { rows } = await client.query<{ letter_id: string }>(claimSql, [id, atOnce, ttlMs]);
	return rows.map((row) => row.letter_id);
}

/** A letter is given out again only where no replay of it has begun. */
export async function settleBulkReplays(client: Queryable, now: Date): Promise<void> {
	await client.query(
		`update bulk_replay_letters as member set state = replays.status, message = replays.message,
			ended_at = replays.finished_at, lease_expires_at = null
		from replays
		where replays.bulk_id = member.bulk_id and replays.letter_id = member.letter_id
			and member.state = 'replaying' and replays.status in ('succeeded', 'failed')`,
	);
	await client.query(
		`update bulk_replay_letters as member set
			state = case when bulk_replays.state = 'canceled' then 'skipped' else 'waiting' end,
			message = case when bulk_replays.state = 'canceled' then 'canceled' end,
			lease_expires_at = null
		from bulk_replays
		where bulk_replays.id = member.bulk_id and member.state = 'replaying'
			and member.lease_expires_at < clock_timestamp()
			and not exists (select from replays
				where replays.bulk_id = member.bulk_id and replays.letter_id = member.letter_id)`,
	);
	await client.query(
		`update bulk_replays set state = 'finished', reason = null, finished_at = $1
		where bulk_replays.state = 'running' and not exists (
			select from bulk_replay_letters as member where member.bulk_id = bulk_replays.id
				and member.state in ('waiting', 'replaying'))`,
		[now],
	);
}

/** As long as no replay of the letter has begun for it. */
export async function putBack(
	client: Queryable,
	[id, letterId]: [string, string],
	to: { state: 'waiting' } | { state: 'skipped'; message: string; at: Date },
): Promise<void> {
	await client.query(
		`update bulk_replay_letters as member set state = $3, message = $4, ended_at = $5,
			lease_expires_at = null
		where member.bulk_id = $1 and member.letter_id = $2 and member.state = 'replaying'
			and not exists (select from replays
				where replays.bulk_id = member.bulk_id and replays.letter_id = member.letter_id)`,
		to.state === 'waiting'
			? [id, letterId, to.state, null, null]
			: [id, letterId, to.state, to.message, to.at],
	);
}

export async function latestOutcomes(
	client: Queryable,
	id: string,
	limit: number,
): Promise<Array<'succeeded' | 'failed'>> {
	const { rows } = await client.query<{ state: 'succeeded' | 'failed' }>(
		`select member.state from bulk_replay_letters as member
		join bulk_replays on bulk_replays.id = member.bulk_id
		where member.bulk_id = $1 and member.state in ('succeeded', 'failed')
			and member.ended_at >= bulk_replays.judged_from
		order by member.ended_at desc, member.letter_id desc limit $2`,
		[id, limit],
	);
	return rows.map(({ state }) => state);
}
