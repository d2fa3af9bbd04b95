import { defaultProtection, fits, protectionOf } from '../../environments/protection';
import { OrchestrationError } from '../../kernel/errors';
import { otherPlan } from '../plan-refusals';
import type { Promotion } from '../promotion';
import { findPromotion, wrongPhase } from '../promotion-ports';
import type { Approval } from './approval';
import type { GatePorts } from './gate-ports';

export interface ApprovalRequest {
	id: string;
	decision: Approval['decision'];
	reason: string | null;
	/** The plan that was read: the word is on this one only. */
	planDigest: string;
	actor: { name: string; role: string };
}

/**
 * Keeps somebody's word on a plan. The same word again changes nothing; a rejection ends the promotion.
 * @throws promotion_not_found, promotion_phase, promotion_plan_stale, approval_not_allowed
 */
export async function decideApproval(
	ports: GatePorts,
	{ id, decision, reason, planDigest, actor }: ApprovalRequest,
): Promise<Promotion> {
	const promotion = await findPromotion(ports, id);
	if (planDigest !== promotion.plan.digest) throw otherPlan(promotion, planDigest);
	const rules = protectionOf(await ports.environmentOf(promotion.to)) ?? defaultProtection;
	if (!fits(rules.approvers, actor)) {
		throw notAllowed(
			promotion,
			`"${actor.name}" is not among those who approve for ${promotion.to}`,
		);
	}
	const own = promotion.createdBy === actor.name;
	// Whoever made it may still take it back.
	if (own && !rules.authorMayApprove && decision === 'approve') {
		throw notAllowed(
			promotion,
			`"${actor.name}" has made it, and authors do not approve their own`,
		);
	}
	const approval = {
		approver: actor.name,
		decision,
		reason,
		planDigest,
		at: ports.clock.now(),
	};
	const kept = await ports.gates.decide(id, approval, rules.approvals);
	const found = await findPromotion(ports, id);
	if (kept) return found;
	throw wrongPhase(
		found,
		'planned or awaiting-approval',
		'It cannot be approved or rejected any more.',
	);
}

function notAllowed({ id }: Promotion, why: string): OrchestrationError {
	return new OrchestrationError(
		'approval_not_allowed',
		`Expected somebody else to approve promotion ${id}: ${why}. The rules are those of GET /api/v1/environments/{name}.`,
		{ details: { id } },
	);
}
