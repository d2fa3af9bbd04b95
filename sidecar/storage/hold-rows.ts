import type { GateStore } from '../promotion/gates/gate-store';
import type { PromotionHold } from '../promotion/gates/promotion-hold';
import type { Queryable } from './pool';

const columns = `promotion_holds.id, promotion_holds.environment,
	promotion_holds.promotion_id as "promotionId", promotion_holds.versions, promotion_holds.reason,
	promotion_holds.placed_by as "placedBy", promotion_holds.placed_at as "placedAt",
	promotion_holds.released_by as "releasedBy",
	promotion_holds.release_reason as "releaseReason",
	promotion_holds.released_at as "releasedAt"`;

export async function findHolds(
	client: Queryable,
	...[filter, page]: Parameters<GateStore['holds']>
): Promise<PromotionHold[]> {
	const { rows } = await client.query<PromotionHold>(
		`select ${columns} from promotion_holds
		where promotion_holds.environment = $1
			and ($2::boolean is null or (promotion_holds.released_at is null) = $2)
			and ($3::uuid is null or promotion_holds.id < $3)
		order by promotion_holds.id desc limit $4`,
		[filter.environment, filter.active ?? null, page.after, page.limit],
	);
	return rows;
}

export async function placeHold(
	tx: Queryable,
	hold: Parameters<GateStore['placeHold']>[0],
	id: string,
): Promise<PromotionHold> {
	const { environment, promotionId, versions, reason, placedBy, placedAt } = hold;
	const placed = await tx.query(
		`insert into promotion_holds (id, environment, promotion_id, versions, reason, placed_by, placed_at)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (promotion_id) where released_at is null do nothing`,
		[id, environment, promotionId, JSON.stringify(versions), reason, placedBy, placedAt],
	);
	if (placed.rowCount === 1) {
		await noteHold(tx, promotionId, { placed: true, environment, by: placedBy, reason });
	}
	const { rows } = await tx.query<PromotionHold>(
		`select ${columns} from promotion_holds
		where promotion_holds.promotion_id = $1 and promotion_holds.released_at is null`,
		[promotionId],
	);
	const row = rows[0];
	if (!row) throw new Error(`the hold on promotion ${promotionId} was not kept`);
	return row;
}

export async function releaseHold(
	tx: Queryable,
	...[id, environment, { by, reason, at }]: Parameters<GateStore['releaseHold']>
): Promise<PromotionHold | null> {
	const released = await tx.query<{ promotionId: string }>(
		`update promotion_holds set released_by = $3, release_reason = $4, released_at = $5
		where promotion_holds.id = $1 and promotion_holds.environment = $2
			and promotion_holds.released_at is null
		returning promotion_holds.promotion_id as "promotionId"`,
		[id, environment, by, reason, at],
	);
	for (const { promotionId } of released.rows) {
		await noteHold(tx, promotionId, { placed: false, environment, by, reason });
	}
	const { rows } = await tx.query<PromotionHold>(
		`select ${columns} from promotion_holds
		where promotion_holds.id = $1 and promotion_holds.environment = $2`,
		[id, environment],
	);
	return rows[0] ?? null;
}

async function noteHold(tx: Queryable, promotionId: string, data: object): Promise<void> {
	await tx.query(`select note_promotion($1, 'hold', $2)`, [promotionId, JSON.stringify(data)]);
}
