import type { FollowPosition, FollowStore } from '../executions/follow-position';
import type { Pool, Queryable } from './queryable';
import { transaction } from './transaction';

export function createFollowStore(pool: Pool): FollowStore {
	return {
		load: async (environment) => await loadPosition(pool, environment),
		save: async (environment, position, at) => {
			await transaction(pool, async (client) => {
				await savePosition(client, environment, position, at);
			});
		},
	};
}

async function loadPosition(
	client: Queryable,
	environment: string,
): Promise<(FollowPosition & { lookedAt: Date }) | null> {
	const { rows } = await client.query<{
		source: string;
		start_id: string;
		floor_id: string;
		updated_at: Date;
		open: FollowPosition['open'];
	}>(
		`select follow_positions.source, follow_positions.start_id, follow_positions.floor_id,
			follow_positions.updated_at,
			coalesce((select json_agg(json_build_object('executionId', follow_open.execution_id,
					'suspected', follow_open.suspected))
				from follow_open where follow_open.environment = $1), '[]') as open
		from follow_positions where follow_positions.environment = $1`,
		[environment],
	);
	const row = rows[0];
	if (!row) return null;
	const { source, start_id: startId, floor_id: floorId, open, updated_at: lookedAt } = row;
	return { source, startId, floorId, open, lookedAt };
}

async function savePosition(
	client: Queryable,
	environment: string,
	{ source, startId, floorId, open }: FollowPosition,
	at: Date,
): Promise<void> {
	await client.query(
		`insert into follow_positions (environment, source, start_id, floor_id, updated_at)
		values ($1, $2, $3, $4, $5)
		on conflict (environment) do update
		set source = excluded.source, start_id = excluded.start_id, floor_id = excluded.floor_id,
			updated_at = excluded.updated_at`,
		[environment, source, startId, floorId, at],
	);
	const ids = open.map(({ executionId }) => executionId);
	// Thousands may be open for days: only what has changed is written.
	await client.query(
		`delete from follow_open
		where follow_open.environment = $1 and follow_open.execution_id <> all ($2)`,
		[environment, ids],
	);
	await client.query(
		`insert into follow_open (environment, execution_id, suspected)
		select $1, open.id, open.suspected from unnest($2::text[], $3::boolean[]) as open (id, suspected)
		on conflict (environment, execution_id) do update set suspected = excluded.suspected
		where follow_open.suspected <> excluded.suspected`,
		[environment, ids, open.map(({ suspected }) => suspected)],
	);
}
