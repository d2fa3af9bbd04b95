import type { EngineWorkflow, WorkflowDefinitions } from '../engines/engine';
import { OrchestrationError } from '../kernel/errors';
import { journalOf } from './journal';
import type { Plan, PlannedChange, Promotion, TargetBefore } from './promotion';
import { definitionsOf, findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';
import { findRelease, planFor } from './propose-promotion';
import { restoresOf } from './restores';
import { movedSince } from './seal';

/**
 * Begins to apply a plan that its operator has seen, if all it rests on is still as it was. The journal
 * is in the database when this resolves; driving it is the caller's.
 * @throws promotion_not_found, promotion_phase, promotion_blocked, promotion_plan_stale,
 * promotion_environment_busy
 */
export async function applyPromotion(
	ports: PromotionPorts,
	request: { id: string; planDigest: string; actor: string },
): Promise<Promotion> {
	const promotion = await findPromotion(ports, request.id);
	if (promotion.phase !== 'planned') {
		throw wrongPhase(promotion, 'planned', 'Make a new one with POST /api/v1/promotions.');
	}
	if (request.planDigest !== promotion.plan.digest) throw otherPlan(promotion, request.planDigest);
	if (promotion.plan.blockers.length > 0) throw blocked(promotion);

	const definitions = await definitionsOf(ports, promotion.to);
	const now = await freshPlan(ports, promotion);
	if (now.digest !== promotion.plan.digest) throw stale(promotion, now);
	if (now.blockers.length > 0) throw blocked({ ...promotion, plan: now });

	const changes = await Promise.all(
		promotion.plan.changes.map(
			async (change) => await withBefore(ports, promotion, definitions, change, request.actor),
		),
	);
	const begun = await ports.promotions.begin(
		promotion.id,
		{ ...promotion.plan, changes },
		journalOf(changes),
		ports.clock.now(),
	);
	if (!begun) {
		throw wrongPhase(
			await findPromotion(ports, request.id),
			'planned',
			'Somebody else was first; look at it with GET /api/v1/promotions/{id}.',
		);
	}
	return await findPromotion(ports, request.id);
}

async function freshPlan(ports: PromotionPorts, promotion: Promotion): Promise<Plan> {
	const release = await findRelease(ports, promotion.releaseId);
	return await planFor(
		ports,
		release,
		promotion.to,
		promotion.spec,
		await restoresOf(ports, promotion),
	);
}

/** Keeps what the target has as versions, so that it can be put back, now and at any later time. */
async function withBefore(
	ports: PromotionPorts,
	promotion: Promotion,
	definitions: WorkflowDefinitions,
	change: PlannedChange,
	actor: string,
): Promise<PlannedChange> {
	if (change.targetWorkflowId === null) return change;
	const workflow = await definitions.get(change.targetWorkflowId);
	const sealed = promotion.plan.seal.targets[change.workflowKey];
	if (sealed?.draftVersionId !== workflow.draftVersionId) throw movedLate(promotion, change);
	// So that its versions are kept under this key, whatever it was bound to before.
	await ports.versions.bind({
		workflowKey: change.workflowKey,
		environment: promotion.to,
		workflowId: workflow.id,
	});
	const keep = async (kept: EngineWorkflow) =>
		(
			await ports.keepVersion(
				{
					environment: promotion.to,
					message: `before promotion ${promotion.id}`,
					createdBy: actor,
				},
				kept,
			)
		).id;
	const { live } = workflow;
	const before: TargetBefore = {
		workflowId: workflow.id,
		draftVersionId: workflow.draftVersionId,
		liveVersionId: live?.versionId ?? null,
		draft: await keep(workflow),
		live: live && (await keep({ ...workflow, content: { ...workflow.content, ...live.graph } })),
	};
	return { ...change, before };
}

function otherPlan(promotion: Promotion, planDigest: string): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`The plan of promotion ${promotion.id} has the digest ${promotion.plan.digest}, not ${planDigest}. Read the plan and apply the digest you have read.`,
		{ details: { id: promotion.id, planDigest: promotion.plan.digest } },
	);
}

function blocked(promotion: Promotion): OrchestrationError {
	const { blockers } = promotion.plan;
	return new OrchestrationError(
		'promotion_blocked',
		`Promotion ${promotion.id} has ${blockers.length} blocker(s); mend them and plan again. First: ${blockers[0]?.message ?? ''}`,
		{ details: { id: promotion.id, blockers } },
	);
}

function stale(promotion: Promotion, now: Plan): OrchestrationError {
	const moved = movedSince(promotion.plan, now.seal);
	return new OrchestrationError(
		'promotion_plan_stale',
		`The plan of promotion ${promotion.id} no longer holds: ${moved.join('; ') || 'it would now do something else'}. Plan again with POST /api/v1/promotions.`,
		{ details: { id: promotion.id, moved } },
	);
}

function movedLate(promotion: Promotion, change: PlannedChange): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`The plan of promotion ${promotion.id} no longer holds: workflow "${change.name}" was edited in the target. Plan again with POST /api/v1/promotions.`,
		{
			details: { id: promotion.id, moved: [`workflow "${change.name}" was edited in the target`] },
		},
	);
}
