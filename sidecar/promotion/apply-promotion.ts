import type { EngineWorkflow } from '../engines/port/workflow';
import type { BreakGlass } from './gates/gate-store';
import { journalOf } from './journal';
import { blocked, otherPlan, stale } from './plan-refusals';
import { inTurns } from '../kernel/in-turns';
import { planAndTarget, type Planned } from './plan-for';
import type { PlannedChange, Promotion } from './promotion';
import { findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';
import { findRelease } from './propose-promotion';
import { restoresOf } from './restores';
import { movedSince } from './seal';
import { liveContent, type TargetState } from './target-state';

export interface ApplyRequest {
	id: string;
	planDigest: string;
	actor: string;
	/** Lets it through its gates, or throws; what it was let past is kept. */
	pass(promotion: Promotion): Promise<BreakGlass | null>;
}

/**
 * Begins to apply a plan that its operator has seen, if all it rests on is still as it was. The journal
 * is in the database when this resolves; driving it is the caller's.
 * @throws promotion_not_found, promotion_phase, promotion_blocked, promotion_plan_stale,
 * promotion_environment_busy, and what `pass` throws
 */
export async function applyPromotion(
	ports: PromotionPorts,
	request: ApplyRequest,
): Promise<Promotion> {
	const promotion = await findPromotion(ports, request.id);
	if (promotion.phase !== 'planned' && promotion.phase !== 'awaiting-approval') {
		throw wrongPhase(promotion, 'planned', 'Make a new one with POST /api/v1/promotions.');
	}
	const { plan } = promotion;
	if (request.planDigest !== plan.digest) throw otherPlan(promotion, request.planDigest);
	if (plan.blockers.length > 0) throw blocked(promotion, plan.blockers);
	const glass = await request.pass(promotion);

	const { plan: now, target } = await planNow(ports, promotion);
	if (now.digest !== plan.digest) throw stale(promotion, movedSince(plan, now.seal));
	if (now.blockers.length > 0) throw blocked(promotion, now.blockers);

	const changes = await inTurns(
		plan.changes,
		async (change) => await withBefore(ports, promotion, target, change, request.actor),
	);
	const at = ports.clock.now();
	const begun = await ports.promotions.begin(
		promotion.id,
		{ ...plan, changes },
		journalOf(changes),
		at,
		glass,
	);
	const found = await findPromotion(ports, request.id);
	if (begun) return found;
	const next = 'Somebody else was first; look at it with GET /api/v1/promotions/{id}.';
	throw wrongPhase(found, 'planned', next);
}

async function planNow(ports: PromotionPorts, promotion: Promotion): Promise<Planned> {
	const restore = await restoresOf(ports, promotion);
	const { to, spec } = promotion;
	const release = await findRelease(ports, promotion.releaseId);
	return await planAndTarget(ports, { release, to, spec, restore, fresh: false });
}

/** Keeps what the target has as versions, so that it can be put back, now and at any later time. */
async function withBefore(
	ports: PromotionPorts,
	promotion: Promotion,
	target: TargetState,
	change: PlannedChange,
	createdBy: string,
): Promise<PlannedChange> {
	const { workflowKey, targetWorkflowId } = change;
	if (targetWorkflowId === null || change.action === 'none') return change;
	const workflow = target.workflows.get(targetWorkflowId);
	if (!workflow) throw new TypeError(`workflow ${targetWorkflowId} is planned and not there`);
	const message = `before promotion ${promotion.id}`;
	const request = { environment: promotion.to, workflowKey, message, createdBy };
	const keep = async (kept: EngineWorkflow) => (await ports.keepVersion(request, kept)).id;
	const content = liveContent(workflow);
	return {
		...change,
		before: {
			workflowId: workflow.id,
			draftVersionId: workflow.draftVersionId,
			liveVersionId: workflow.live?.versionId ?? null,
			// What is live first: it is the older one.
			live: content && (await keep({ ...workflow, content })),
			draft: await keep(workflow),
		},
	};
}
