import type { Step } from '../promotion/promotion';
import type { Hold, PromotionStore } from '../promotion/promotion-store';
import type { Pool } from './pool';

type StepsPart = Pick<PromotionStore, 'steps' | 'startStep' | 'noteStep' | 'endStep' | 'failStep'>;

/** The row of a step, if the promotion is still in the hands of who asks. */
const heldStep = `from promotions
	where promotion_steps.promotion_id = $1 and promotion_steps.index = $3
		and promotions.id = $1 and promotions.fence = $2`;

export function promotionSteps(pool: Pool): StepsPart {
	const write = async (
		{ id, fence }: Hold,
		index: number,
		assignments: string,
		...values: unknown[]
	): Promise<boolean> => {
		const { rowCount } = await pool.query(`update promotion_steps set ${assignments} ${heldStep}`, [
			id,
			fence,
			index,
			...values,
		]);
		return rowCount === 1;
	};
	return {
		steps: async (id) => {
			const { rows } = await pool.query<Step>(
				`select promotion_steps.index, promotion_steps.workflow_key as "workflowKey",
					promotion_steps.action, promotion_steps.status, promotion_steps.result,
					promotion_steps.message, promotion_steps.started_at as "startedAt",
					promotion_steps.finished_at as "finishedAt"
				from promotion_steps
				where promotion_steps.promotion_id = $1 order by promotion_steps.index`,
				[id],
			);
			return rows;
		},

		startStep: async (hold, index, at) =>
			await write(
				hold,
				index,
				`status = 'started', started_at = coalesce(promotion_steps.started_at, $4)`,
				at,
			),

		noteStep: async (hold, index, note) =>
			'result' in note
				? await write(hold, index, 'result = $4', JSON.stringify(note.result))
				: await write(hold, index, 'message = $4', note.message),

		endStep: async (hold, index, end, at) =>
			end.status === 'done'
				? await write(
						hold,
						index,
						`status = 'done', finished_at = $4, result = $5, message = null`,
						at,
						JSON.stringify(end.result),
					)
				: await write(
						hold,
						index,
						`status = 'compensated', finished_at = $4, message = $5`,
						at,
						end.message,
					),

		failStep: async ({ id, fence }, index, reason, at) => {
			const { rowCount } = await pool.query(
				`with undone as (
					update promotions set phase = 'rolling-back', reason_code = $4, reason = $5,
						updated_at = $6
					where promotions.id = $1 and promotions.fence = $2
						and promotions.phase in ('applying', 'verifying')
					returning promotions.id
				)
				update promotion_steps set status = 'failed', message = $5, finished_at = $6
				from undone
				where promotion_steps.promotion_id = undone.id and promotion_steps.index = $3`,
				[id, fence, index, reason.code, reason.message, at],
			);
			return rowCount === 1;
		},
	};
}
