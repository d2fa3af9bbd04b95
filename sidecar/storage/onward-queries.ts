import type { GateStore } from '../promotion/gates/gate-store';
import type { Pool } from './pool';

type OnwardPart = Pick<GateStore, 'onward' | 'waitingOnward' | 'setAside'>;

export function onwardQueries(pool: Pool): OnwardPart {
	return {
		onward: async (to, from, since) => {
			const { rows } = await pool.query<{ id: string }>(
				`select promotions.id from promotions
				where promotions.to_environment = any ($2) and promotions.phase = 'succeeded'
					and promotions.rollback_of is null and promotions.updated_at > $3
					and not exists (
						select from promotions as later
						where later.follows = promotions.id and later.to_environment = $1
							and (later.phase <> 'aborted'
								or later.reason_code is distinct from 'promotion_plan_stale')
					)
				order by promotions.updated_at limit 20`,
				[to, [...from], since],
			);
			return rows.map(({ id }) => id);
		},

		waitingOnward: async (to) => {
			const { rows } = await pool.query<{ id: string }>(
				`select promotions.id from promotions
				where promotions.to_environment = $1 and promotions.follows is not null
					and promotions.phase in ('planned', 'awaiting-approval')
				order by promotions.id limit 50`,
				[to],
			);
			return rows.map(({ id }) => id);
		},

		setAside: async (id, reason, at) => {
			await pool.query(
				`update promotions set phase = 'aborted', reason_code = 'promotion_plan_stale',
					reason = $2, updated_at = $3
				where promotions.id = $1 and promotions.phase in ('planned', 'awaiting-approval')`,
				[id, reason, at],
			);
		},
	};
}
