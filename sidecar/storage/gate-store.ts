import type { NewId } from '../kernel/ids';
import type { Approval } from '../promotion/gates/approval';
import type { BreakGlass, GateStore } from '../promotion/gates/gate-store';
import type { Arrival } from '../promotion/gates/verification';
import { findHolds, placeHold, releaseHold } from './hold-rows';
import type { Pool, Queryable } from './pool';
import { onwardQueries } from './onward-queries';
import { transaction } from './transaction';

export function createGateStore(pool: Pool, newId: NewId): GateStore {
	return {
		approvals: async (id) => {
			const { rows } = await pool.query<Approval>(
				`select promotion_approvals.approver, promotion_approvals.decision,
					promotion_approvals.reason, promotion_approvals.plan_digest as "planDigest",
					promotion_approvals.at
				from promotion_approvals where promotion_approvals.promotion_id = $1
				order by promotion_approvals.at, promotion_approvals.approver`,
				[id],
			);
			return rows;
		},
		decide: async (...decision) =>
			await transaction(pool, async (tx) => await decide(tx, ...decision)),
		breakGlassOf: async (id) => {
			const { rows } = await pool.query<{
				glass: (Omit<BreakGlass, 'at'> & { at: string }) | null;
			}>('select promotions.break_glass as glass from promotions where promotions.id = $1', [id]);
			const glass = rows[0]?.glass;
			return glass ? { ...glass, at: new Date(glass.at) } : null;
		},
		holds: async (...query) => await findHolds(pool, ...query),
		placeHold: async (hold) =>
			await transaction(pool, async (tx) => await placeHold(tx, hold, newId())),
		releaseHold: async (...release) =>
			await transaction(pool, async (tx) => await releaseHold(tx, ...release)),
		arrivals: async (environment, keys) => await arrivals(pool, environment, keys),
		...onwardQueries(pool),
	};
}

async function decide(
	tx: Queryable,
	...[id, approval, wanted]: Parameters<GateStore['decide']>
): Promise<boolean> {
	const { approver, decision, reason, planDigest, at } = approval;
	const open = await tx.query(
		`select from promotions
		where promotions.id = $1 and promotions.phase in ('planned', 'awaiting-approval')
		for update`,
		[id],
	);
	if (open.rowCount !== 1) return false;
	const said = await tx.query(
		`insert into promotion_approvals (promotion_id, approver, decision, reason, plan_digest, at)
		values ($1, $2, $3, $4, $5, $6)
		on conflict (promotion_id, approver) do update set decision = excluded.decision,
			reason = excluded.reason, plan_digest = excluded.plan_digest, at = excluded.at
		where promotion_approvals.decision <> excluded.decision`,
		[id, approver, decision, reason, planDigest, at],
	);
	if (said.rowCount === 1) {
		await tx.query(`select note_promotion($1, 'approval', $2)`, [
			id,
			JSON.stringify({ by: approver, decision, reason }),
		]);
	}
	await tx.query(
		`update promotions set updated_at = $3, reason = coalesce($4, promotions.reason), phase = case
			when $4::text is not null then 'aborted'
			when (
				select count(*) from promotion_approvals
				where promotion_approvals.promotion_id = $1
					and promotion_approvals.decision = 'approve'
			) >= $2 then 'planned'
			else 'awaiting-approval'
		end
		where promotions.id = $1`,
		[
			id,
			wanted,
			at,
			decision === 'reject' ? `rejected by ${approver}: ${reason ?? 'no reason given'}` : null,
		],
	);
	return true;
}

/** What the end of a promotion left as a version is in the result of its last step per workflow. */
async function arrivals(
	client: Queryable,
	environment: string,
	keys: readonly string[],
): Promise<Arrival[]> {
	const { rows } = await client.query<Arrival>(
		`select promotions.id as "promotionId", change.value ->> 'workflowKey' as "workflowKey",
			change.value ->> 'versionId' as "versionId", change.value ->> 'action' as action,
			promotion_steps.result ->> 'kept' as kept, promotions.updated_at as at,
			promotion_watches.status as watch
		from promotions
		cross join lateral json_array_elements(promotions.plan -> 'changes') as change
		left join promotion_steps on promotion_steps.promotion_id = promotions.id
			and promotion_steps.workflow_key = change.value ->> 'workflowKey'
			and promotion_steps.action = 'record'
		left join promotion_watches on promotion_watches.promotion_id = promotions.id
		where promotions.to_environment = $1 and promotions.phase = 'succeeded'
			and change.value ->> 'workflowKey' = any ($2)
		order by promotions.updated_at desc, promotions.id desc`,
		[environment, [...keys]],
	);
	return rows;
}
