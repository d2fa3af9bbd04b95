import type { NewId } from '../kernel/ids';
import type { Watch } from '../promotion/watch/watch';
import type { WatchStore } from '../promotion/watch/watch-store';
import { placeHold } from './hold-rows';
import type { Pool, Queryable } from './pool';
import { transaction } from './transaction';

const select = `select promotion_watches.promotion_id as "promotionId", promotion_watches.status,
	promotion_watches.until, promotion_watches.baselines, promotion_watches.findings,
	promotion_watches.message, promotion_watches.roll_back_due as "rollBackDue",
	promotion_watches.checked_at as "checkedAt"
from promotion_watches`;

export function createWatchStore(pool: Pool, newId: NewId): WatchStore {
	return {
		find: async (id) => {
			const { rows } = await pool.query<Watch>(
				`${select} where promotion_watches.promotion_id = $1`,
				[id],
			);
			return rows[0] ?? null;
		},
		unwatched: async (environment, since) => {
			const { rows } = await pool.query<{ id: string }>(
				`select promotions.id from promotions
				left join promotion_watches on promotion_watches.promotion_id = promotions.id
				where promotions.to_environment = $1 and promotions.phase = 'succeeded'
					and promotions.rollback_of is null and promotions.updated_at > $2
					and promotion_watches.promotion_id is null
				order by promotions.updated_at limit 50`,
				[environment, since],
			);
			return rows.map(({ id }) => id);
		},
		open: async (watch) => {
			await pool.query(
				`insert into promotion_watches (promotion_id, status, until, baselines, findings, checked_at)
				values ($1, 'watching', $2, $3, $4, $5) on conflict do nothing`,
				[
					watch.promotionId,
					watch.until,
					JSON.stringify(watch.baselines),
					JSON.stringify(watch.findings),
					watch.checkedAt,
				],
			);
		},
		due: async (limit) => {
			const { rows } = await pool.query<Watch>(
				`${select}
				where promotion_watches.status = 'watching' or promotion_watches.roll_back_due
				order by promotion_watches.checked_at limit $1`,
				[limit],
			);
			return rows;
		},
		note: async (id, findings, at) => {
			await pool.query(
				`update promotion_watches set findings = $2, checked_at = $3
				where promotion_watches.promotion_id = $1 and promotion_watches.status = 'watching'`,
				[id, JSON.stringify(findings), at],
			);
		},
		conclude: async (...end) =>
			await transaction(pool, async (tx) => await conclude(tx, newId, ...end)),
		rolledBack: async (id, message, at) => {
			await pool.query(
				`update promotion_watches set roll_back_due = false, checked_at = $3,
					message = promotion_watches.message || ' ' || $2
				where promotion_watches.promotion_id = $1`,
				[id, message, at],
			);
		},
		isSuperseded: async (id) => await isSuperseded(pool, id),
	};
}

async function conclude(
	tx: Queryable,
	newId: NewId,
	...[id, end, at]: Parameters<WatchStore['conclude']>
): Promise<boolean> {
	const { status, message, findings, rollBackDue, hold } = end;
	const { rowCount } = await tx.query(
		`update promotion_watches set status = $2, message = $3, findings = $4, roll_back_due = $5,
			checked_at = $6
		where promotion_watches.promotion_id = $1 and promotion_watches.status = 'watching'`,
		[id, status, message, JSON.stringify(findings), rollBackDue, at],
	);
	if (rowCount !== 1) return false;
	await tx.query(`select note_promotion($1, 'watch', $2)`, [
		id,
		JSON.stringify({ status, message }),
	]);
	if (hold) await placeHold(tx, hold, newId());
	return true;
}

async function isSuperseded(client: Queryable, id: string): Promise<boolean> {
	const { rows } = await client.query<{ superseded: boolean }>(
		`select promotions.phase <> 'succeeded' or exists (
			select from promotions as later
			cross join lateral json_array_elements(later.plan -> 'changes') as theirs
			cross join lateral json_array_elements(promotions.plan -> 'changes') as ours
			where later.to_environment = promotions.to_environment and later.id <> promotions.id
				and later.updated_at > promotions.updated_at
				and later.phase in ('applying', 'verifying', 'succeeded', 'rolled-back')
				and theirs.value ->> 'action' <> 'none'
				and theirs.value ->> 'workflowKey' = ours.value ->> 'workflowKey'
		) as superseded
		from promotions where promotions.id = $1`,
		[id],
	);
	return rows[0]?.superseded ?? true;
}
