import type { FollowPosition, FollowStore } from '../executions/follow-position';
import type { Pool, Queryable } from './pool';
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
): Promise<FollowPosition | null> {
	const { rows } = await client.query<{
		floor_id: string;
		open: FollowPosition['open'];
	}>(
		`select follow_positions.floor_id,
			coalesce((select json_agg(json_build_object('executionId', follow_open.execution_id,
					'suspected', follow_open.suspected))
				from follow_open where follow_open.environment = $1), '[]') as open
		from follow_positions where follow_positions.environment = $1`,
		[environment],
	);
	const row = rows[0];
	return row ? { floorId: row.floor_id, open: row.open } : null;
}

async function savePosition(
	client: Queryable,
	environment: string,
	position: FollowPosition,
	at: Date,
): Promise<void> {
	await client.query(
		`insert into follow_positions (environment, floor_id, updated_at) values ($1, $2, $3)
		on conflict (environment) do update
		set floor_id = excluded.floor_id, updated_at = excluded.updated_at`,
		[environment, position.floorId, at],
	);
	await client.query(`delete from follow_open where follow_open.environment = $1`, [environment]);
	await client.query(
		`insert into follow_open (environment, execution_id, suspected)
		select $1, open.id, open.suspected from unnest($2::text[], $3::boolean[]) as open (id, suspected)`,
		[
			environment,
			position.open.map(({ executionId }) => executionId),
			position.open.map(({ suspected }) => suspected),
		],
	);
}
