import type { PromotionStore } from '../promotion/promotion-store';
import type { Pool } from './pool';

/** Phases in which the target may be half way; one at a time per environment. */
export const underWay = `('applying', 'verifying', 'rolling-back')`;

type LeasePart = Pick<PromotionStore, 'claim' | 'renew' | 'release' | 'unattended'>;

export function promotionLeases(pool: Pool): LeasePart {
	return {
		claim: async (id, lease) => {
			const { rows } = await pool.query<{ fence: number }>(
				`update promotions set lease_owner = $2, fence = promotions.fence + 1,
					lease_expires_at = now() + $3 * interval '1 millisecond'
				where promotions.id = $1 and promotions.phase in ${underWay}
					and (promotions.lease_expires_at is null or promotions.lease_expires_at < now())
				returning promotions.fence`,
				[id, lease.owner, lease.ttlMs],
			);
			return rows[0] ? { id, fence: rows[0].fence } : null;
		},

		renew: async ({ id, fence }, lease) => {
			const { rowCount } = await pool.query(
				`update promotions set lease_expires_at = now() + $3 * interval '1 millisecond'
				where promotions.id = $1 and promotions.fence = $2 and promotions.phase in ${underWay}`,
				[id, fence, lease.ttlMs],
			);
			return rowCount === 1;
		},

		release: async ({ id, fence }) => {
			await pool.query(
				`update promotions set lease_owner = null, lease_expires_at = null
				where promotions.id = $1 and promotions.fence = $2`,
				[id, fence],
			);
		},

		unattended: async (limit) => {
			const { rows } = await pool.query<{ id: string }>(
				`select promotions.id from promotions
				where promotions.phase in ${underWay}
					and (promotions.lease_expires_at is null or promotions.lease_expires_at < now())
				order by promotions.id limit $1`,
				[limit],
			);
			return rows.map(({ id }) => id);
		},
	};
}
