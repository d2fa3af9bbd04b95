import type { Replay } from '../dead-letters/dead-letter';
import type { ReplayLease } from '../dead-letters/dead-letter-store';
import { replayColumns, toReplay, type ReplayRow } from './dead-letter-row';
import type { Queryable } from './queryable';

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
