import type { EngineWorkflow, WorkflowDefinitions } from '../engines/engine';
import type { BreakGlass } from './gates/gate-store';
import { journalOf } from './journal';
import { blocked, otherPlan, stale } from './plan-refusals';
import { inTurns } from './in-turns';
import { planFor } from './plan-for';
import type { Plan, PlannedChange, Promotion } from './promotion';
import { definitionsOf, findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';
import { findRelease } from './propose-promotion';
import { restoresOf } from './restores';
import { movedSince, movedTarget } from './seal';
import { liveContent, sealTarget } from './target-state';

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

	const definitions = await definitionsOf(ports, promotion.to);
	const now = await planNow(ports, promotion);
	if (now.digest !== plan.digest) throw stale(promotion, movedSince(plan, now.seal));
	if (now.blockers.length > 0) throw blocked(promotion, now.blockers);

	const changes = await inTurns(
		plan.changes,
		async (change) => await withBefore(ports, promotion, definitions, change, request.actor),
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

async function planNow(ports: PromotionPorts, promotion: Promotion): Promise<Plan> {
	const restore = await restoresOf(ports, promotion);
	const { to, spec } = promotion;
	const release = await findRelease(ports, promotion.releaseId);
	return await planFor(ports, { release, to, spec, restore, fresh: false });
}

/** Keeps what the target has as versions, so that it can be put back, now and at any later time. */
async function withBefore(
	ports: PromotionPorts,
	promotion: Promotion,
	definitions: WorkflowDefinitions,
	change: PlannedChange,
	createdBy: string,
): Promise<PlannedChange> {
	const { workflowKey, targetWorkflowId } = change;
	if (targetWorkflowId === null || change.action === 'none') return change;
	const workflow = await definitions.get(targetWorkflowId);
	const sealed = promotion.plan.seal.targets[workflowKey] ?? null;
	const moved = movedTarget(workflowKey, sealed, sealTarget(workflow));
	if (moved.length > 0) throw stale(promotion, moved);
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
			changeCounter: workflow.changeCounter,
			// What is live first: it is the older one.
			live: content && (await keep({ ...workflow, content })),
			draft: await keep(workflow),
		},
	};
}
