import type { PromotionStore, UndoReason } from '../promotion/promotion-store';
import type { PromotionLease } from '../promotion/promotion-store';
import type { Queryable } from './pool';

const underWay = `('applying', 'verifying', 'rolling-back')`;

export async function claimPromotion(
	client: Queryable,
	id: string,
	lease: PromotionLease,
): Promise<number | null> {
	const { rows } = await client.query<{ fence: number }>(
		`update promotions set lease_owner = $2, fence = promotions.fence + 1,
			lease_expires_at = now() + $3 * interval '1 millisecond'
		where promotions.id = $1 and promotions.phase in ${underWay}
			and (promotions.lease_expires_at is null or promotions.lease_expires_at < now())
		returning promotions.fence`,
		[id, lease.owner, lease.ttlMs],
	);
	return rows[0]?.fence ?? null;
}

export async function renewPromotion(
	client: Queryable,
	id: string,
	fence: number,
	lease: PromotionLease,
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotions set lease_expires_at = now() + $3 * interval '1 millisecond'
		where promotions.id = $1 and promotions.fence = $2`,
		[id, fence, lease.ttlMs],
	);
	return rowCount === 1;
}

export async function releasePromotion(
	client: Queryable,
	id: string,
	fence: number,
): Promise<void> {
	await client.query(
		`update promotions set lease_owner = null, lease_expires_at = null
		where promotions.id = $1 and promotions.fence = $2`,
		[id, fence],
	);
}

export async function unattendedPromotions(client: Queryable, limit: number): Promise<string[]> {
	const { rows } = await client.query<{ id: string }>(
		`select promotions.id from promotions
		where promotions.phase in ${underWay}
			and (promotions.lease_expires_at is null or promotions.lease_expires_at < now())
		order by promotions.id limit $1`,
		[limit],
	);
	return rows.map(({ id }) => id);
}

export async function startStep(
	client: Queryable,
	...[id, fence, index, at]: Parameters<PromotionStore['startStep']>
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotion_steps set status = 'started',
			started_at = coalesce(promotion_steps.started_at, $4)
		from promotions
		where promotion_steps.promotion_id = $1 and promotion_steps.index = $3
			and promotions.id = $1 and promotions.fence = $2`,
		[id, fence, index, at],
	);
	return rowCount === 1;
}

export async function endStep(
	client: Queryable,
	...[id, fence, index, end]: Parameters<PromotionStore['endStep']>
): Promise<boolean> {
	const { rowCount } = await client.query(
		`update promotion_steps set status = $4, result = $5, message = $6, finished_at = $7
		from promotions
		where promotion_steps.promotion_id = $1 and promotion_steps.index = $3
			and promotions.id = $1 and promotions.fence = $2`,
		[id, fence, index, end.status, end.result && JSON.stringify(end.result), end.message, end.at],
	);
	return rowCount === 1;
}

export async function advancePromotion(
	client: Queryable,
	...[id, fence, to, reason, at]: Parameters<PromotionStore['advance']>
): Promise<boolean> {
	const { rows } = await client.query<{ id: string }>(
		`with moved as (
			update promotions set phase = $3, updated_at = $6,
				reason_code = coalesce($4, promotions.reason_code),
				reason = coalesce($5, promotions.reason)
			where promotions.id = $1 and promotions.fence = $2 and promotions.phase in ${underWay}
			returning promotions.id, promotions.rollback_of
		), undone as (
			update promotions set phase = 'rolled-back', updated_at = $6
			from moved
			where $3 = 'succeeded' and promotions.id = moved.rollback_of
		)
		select moved.id from moved`,
		[id, fence, to, reason?.code ?? null, reason?.message ?? null, at],
	);
	return rows.length === 1;
}

export async function undoReason(client: Queryable, id: string): Promise<UndoReason | null> {
	const { rows } = await client.query<{ code: UndoReason['code'] | null; message: string | null }>(
		`select promotions.reason_code as code, promotions.reason as message
		from promotions where promotions.id = $1`,
		[id],
	);
	const row = rows[0];
	return row?.code ? { code: row.code, message: row.message ?? '' } : null;
}
