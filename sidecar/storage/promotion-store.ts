import type { Promotion } from '../promotion/promotion';
import type { PromotionFilter, PromotionStore } from '../promotion/promotion-store';
import { beginPromotion } from './begin-promotion';
import { promotionEvents } from './promotion-event-rows';
import { promotionEnds } from './promotion-ends';
import { promotionLeases } from './promotion-lease';
import { promotionSteps } from './promotion-steps';
import type { Pool, Queryable } from './pool';
import { replaceMappings, savedMappings } from './route-mappings';
import { transaction } from './transaction';

export function createPromotionStore(pool: Pool): PromotionStore {
	return {
		add: async (promotion) => await addPromotion(pool, promotion),
		find: async (id) => await findPromotion(pool, id),
		list: async (filter, page) => await listPromotions(pool, filter, page),
		savedMappings: async (from, to) => await savedMappings(pool, from, to),
		replaceMappings: async (route, mappings, by) => {
			await replaceMappings(pool, route, mappings, by);
		},
		move: async (...move) => await movePromotion(pool, ...move),
		begin: async (...begin) =>
			await transaction(pool, async (tx) => await beginPromotion(tx, ...begin)),
		events: async (id, after, limit) => await promotionEvents(pool, id, after, limit),
		...promotionLeases(pool),
		...promotionSteps(pool),
		...promotionEnds(pool),
	};
}

const selectPromotions = `select promotions.id, promotions.release_id as "releaseId",
	promotions.from_environment as "from", promotions.to_environment as "to",
	promotions.rollback_of as "rollbackOf", promotions.phase, promotions.spec, promotions.plan,
	promotions.reason, promotions.created_by as "createdBy", promotions.created_at as "createdAt",
	promotions.updated_at as "updatedAt"
from promotions`;

async function addPromotion(client: Queryable, promotion: Promotion): Promise<void> {
	await client.query(
		`insert into promotions (id, release_id, from_environment, to_environment, rollback_of, phase,
			spec, plan, reason, created_by, created_at, updated_at, follows)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		[
			promotion.id,
			promotion.releaseId,
			promotion.from,
			promotion.to,
			promotion.rollbackOf,
			promotion.phase,
			JSON.stringify(promotion.spec),
			JSON.stringify(promotion.plan),
			promotion.reason,
			promotion.createdBy,
			promotion.createdAt,
			promotion.updatedAt,
			promotion.follows ?? null,
		],
	);
}

async function findPromotion(client: Queryable, id: string): Promise<Promotion | null> {
	const { rows } = await client.query<Promotion>(`${selectPromotions} where promotions.id = $1`, [
		id,
	]);
	return rows[0] ?? null;
}

async function listPromotions(
	client: Queryable,
	filter: PromotionFilter,
	page: { limit: number; after: string | null },
): Promise<Promotion[]> {
	const { rows } = await client.query<Promotion>(
		`${selectPromotions}
		where ($1::text is null or promotions.to_environment = $1)
			and ($2::text is null or promotions.phase = $2)
			and ($3::uuid is null or promotions.id < $3)
		order by promotions.id desc limit $4`,
		[filter.to ?? null, filter.phase ?? null, page.after, page.limit],
	);
	return rows;
}

async function movePromotion(
	client: Queryable,
	...[id, from, to, reason, at]: Parameters<PromotionStore['move']>
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotions set phase = $3, reason = coalesce($4, promotions.reason), updated_at = $5
		where promotions.id = $1 and promotions.phase = any ($2)`,
		[id, [...from], to, reason, at],
	);
	return rowCount === 1;
}
