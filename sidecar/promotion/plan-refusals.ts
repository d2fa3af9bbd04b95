import { OrchestrationError } from '../kernel/errors';
import type { Finding, Promotion } from './promotion';

export function otherPlan({ id, plan }: Promotion, planDigest: string): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`The plan of promotion ${id} has the digest ${plan.digest}, not ${planDigest}. Read the plan and apply the digest you have read.`,
		{ details: { id, planDigest: plan.digest } },
	);
}

export function blocked({ id }: Promotion, blockers: Finding[]): OrchestrationError {
	return new OrchestrationError(
		'promotion_blocked',
		`Promotion ${id} has ${blockers.length} blocker(s); mend them and plan again. First: ${blockers[0]?.message ?? ''}`,
		{ details: { id, blockers } },
	);
}

export function stale({ id }: Promotion, moved: string[]): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`The plan of promotion ${id} no longer holds: ${moved.join('; ') || 'it would now do something else'}. Plan again with POST /api/v1/promotions.`,
		{ details: { id, moved } },
	);
}
