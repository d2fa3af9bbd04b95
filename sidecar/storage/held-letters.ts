import type { DeadLetterStore } from '../dead-letters/dead-letter-store';
import type { Queryable } from './queryable';

/** Names and ids are compared as JSON: taken out as texts they would have to be free of U+0000. */
const releaseSql = `with changed as (
		select to_json(given.id)::text as id, given.at from unnest($2::text[], $3::timestamptz[]) as given (id, at)
	)
	update dead_letters set state = 'scheduled', next_replay_at = $5, updated_at = $5,
		note = nullif(concat_ws(E'\\n', dead_letters.note, $6::text), '')
	where dead_letters.environment = $1 and dead_letters.state = 'waiting'
		and dead_letters.error_class = 'auth' and dead_letters.attempts < $4
		and dead_letters.execution_id is not null
		and dead_letters.origin in ('follower', 'error-workflow') and dead_letters.ran is not null
		and exists (
			select from json_array_elements(dead_letters.ran -> 'nodes') as node (it)
			cross join lateral json_each(case when json_typeof(node.it -> 'credentials') = 'object'
				then node.it -> 'credentials' end) as credential (kind, it)
			join changed on changed.id = (credential.it -> 'id')::text
			where (node.it -> 'name')::text = to_json(dead_letters.failed_node)::text
				and changed.at > coalesce((select max(replays.finished_at) from replays
					where replays.letter_id = dead_letters.id), dead_letters.created_at))`;

export async function releaseHeld(
	client: Queryable,
	...[environment, { changed, maxAttempts, now, note }]: Parameters<DeadLetterStore['releaseHeld']>
): Promise<number> {
	const { rowCount } = await client.query(releaseSql, [
		environment,
		changed.map(({ credentialId }) => credentialId),
		changed.map(({ at }) => at),
		maxAttempts,
		now,
		note,
	]);
	return rowCount ?? 0;
}
