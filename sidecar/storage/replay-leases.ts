import type { Replay } from '../dead-letters/dead-letter';
import type { NewReplay, ReplayLease } from '../dead-letters/dead-letter-store';
import { replayColumns, toReplay, type ReplayRow } from './dead-letter-row';
import type { Queryable } from './queryable';

/** Takes the letter and writes the replay in one statement. */
export async function beginReplay(
	client: Queryable,
	id: string,
	replay: NewReplay,
	lease: ReplayLease,
): Promise<Replay | null> {
	const { rows } = await client.query<ReplayRow>(
		`with taken as (
			update dead_letters set state = 'replaying', attempts = dead_letters.attempts + 1,
				next_replay_at = null, lease_owner = $2,
				lease_expires_at = now() + $3 * interval '1 millisecond', updated_at = $8
			where dead_letters.id = $1 and dead_letters.state in ('waiting', 'scheduled', 'expired')
				and not exists (select from replays as earlier
					where earlier.bulk_id = $9 and earlier.letter_id = dead_letters.id)
			returning dead_letters.id, dead_letters.attempts
		)
		insert into replays (letter_id, number, strategy, version, status, traceparent, requested_by,
			started_at, bulk_id)
		select taken.id, taken.attempts, $4, $5, 'running', $6, $7, $8, $9 from taken
		returning ${replayColumns}`,
		[
			id,
			lease.owner,
			lease.ttlMs,
			replay.strategy,
			replay.version,
			replay.traceparent,
			replay.requestedBy,
			replay.startedAt,
			replay.bulkId ?? null,
		],
	);
	return rows[0] ? toReplay(rows[0]) : null;
}

export async function renewLease(
	client: Queryable,
	id: string,
	lease: ReplayLease,
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update dead_letters set lease_expires_at = now() + $3 * interval '1 millisecond'
		where dead_letters.id = $1 and dead_letters.state = 'replaying'
			and dead_letters.lease_owner = $2`,
		[id, lease.owner, lease.ttlMs],
	);
	return rowCount === 1;
}

export async function goAhead(
	client: Queryable,
	replay: Pick<Replay, 'letterId' | 'number'>,
	lease: ReplayLease,
	retriedId: string | null,
): Promise<boolean> {
	const { rowCount } = await client.query(
		`with held as (
			update dead_letters set lease_expires_at = clock_timestamp() + $4 * interval '1 millisecond'
			where dead_letters.id = $1 and dead_letters.state = 'replaying'
				and dead_letters.lease_owner = $3
			returning dead_letters.id
		)
		update replays set retried_execution_id = coalesce($5, replays.retried_execution_id)
		from held
		where replays.letter_id = held.id and replays.number = $2
			and replays.status in ('running', 'in-doubt')`,
		[replay.letterId, replay.number, lease.owner, lease.ttlMs, retriedId],
	);
	return rowCount === 1;
}

export async function takeOverReplays(
	client: Queryable,
	lease: ReplayLease,
	limit: number,
): Promise<Replay[]> {
	const { rows } = await client.query<ReplayRow>(
		`with orphans as (
			select dead_letters.id from dead_letters
			where dead_letters.state = 'replaying' and dead_letters.lease_expires_at < now()
			order by dead_letters.lease_expires_at limit $3
			for update skip locked
		), taken as (
			update dead_letters set lease_owner = $1,
				lease_expires_at = now() + $2 * interval '1 millisecond'
			from orphans where dead_letters.id = orphans.id
			returning dead_letters.id, dead_letters.attempts
		)
		select ${replayColumns} from replays
		join taken on replays.letter_id = taken.id and replays.number = taken.attempts`,
		[lease.owner, lease.ttlMs, limit],
	);
	return rows.map(toReplay);
}
