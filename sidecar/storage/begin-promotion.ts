import { OrchestrationError } from '../kernel/errors';
import type { PromotionStore } from '../promotion/promotion-store';
import { codeOf } from './database-errors';
import type { Queryable } from './pool';

/** Runs inside the caller's transaction; the unique index on busy environments is the judge. */
export async function beginPromotion(
	client: Queryable,
	...[id, plan, steps, at, glass]: Parameters<PromotionStore['begin']>
): Promise<boolean> {
	try {
		const { rowCount } = await client.query(
			`update promotions set phase = 'applying', plan = $2, updated_at = $3, break_glass = $4
			where promotions.id = $1 and promotions.phase in ('planned', 'awaiting-approval')`,
			[id, JSON.stringify(plan), at, glass ? JSON.stringify(glass) : null],
		);
		if (rowCount !== 1) return false;
	} catch (error) {
		if (isUniqueViolation(error)) throw busy(error);
		throw error;
	}
	if (glass) {
		const { by, reason, gates } = glass;
		await client.query(`select note_promotion($1, 'break-glass', $2)`, [
			id,
			JSON.stringify({ by, reason, gates }),
		]);
	}
	await client.query(
		`insert into promotion_steps (promotion_id, index, workflow_key, action, status)
		select $1, steps.index, steps.workflow_key, steps.action, 'pending'
		from unnest($2::integer[], $3::text[], $4::text[]) as steps (index, workflow_key, action)`,
		[
			id,
			steps.map(({ index }) => index),
			steps.map(({ workflowKey }) => workflowKey),
			steps.map(({ action }) => action),
		],
	);
	return true;
}

function isUniqueViolation(error: unknown): boolean {
	return codeOf(error) === '23505';
}

function busy(cause: unknown): OrchestrationError {
	return new OrchestrationError(
		'promotion_environment_busy',
		'Another promotion into this environment is under way. Wait until it has ended, then apply again.',
		{ cause },
	);
}
