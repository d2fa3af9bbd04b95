import { protectionOf } from '../environments/protection';
import { OrchestrationError } from '../kernel/errors';
import type { ReleaseMember } from '../workflow-versions/make-release';
import type { Release } from '../workflow-versions/version';
import { applyPromotion } from './apply-promotion';
import { editedSince } from './edited-since';
import { heldGate } from './gates/gates';
import type { GatePorts } from './gates/gate-ports';
import { gateClosed, passGates, type Applicant } from './gates/pass-gates';
import { targetIdIn } from './journal';
import { planFor } from './plan-for';
import { noMappings, type PlannedChange, type Promotion, type PromotionSpec } from './promotion';
import { definitionsOf, findPromotion, type PromotionPorts } from './promotion-ports';
import { notUndoable, restoreOf, restoresOf } from './restores';

export interface RollBackRequest {
	id: string;
	/** Also what was edited since. A version of it is kept. */
	overwrite: boolean;
	/** null: the watch, as the rules say. */
	actor: Applicant | null;
}

/**
 * Puts a target back to what it was before a promotion, by a promotion of what was kept then: planned,
 * sealed and applied like any other. What the promotion had created is unpublished, never deleted.
 * @throws promotion_not_found, promotion_phase, promotion_plan_stale when somebody has edited since,
 * promotion_blocked, promotion_environment_busy, promotion_gate_closed
 */
export async function rollBack(ports: GatePorts, request: RollBackRequest): Promise<Promotion> {
	const undone = await findPromotion(ports, request.id);
	if (undone.phase !== 'succeeded') throw notUndoable(undone);
	const edited = request.overwrite ? [] : await editedSince(ports, undone);
	if (edited.length > 0) throw wouldOverwrite(undone, edited);
	await assertNotHeld(ports, undone);
	const actor = request.actor?.name ?? 'watch';
	const promotion = await planRollBack(ports, undone, actor);
	await ports.promotions.add(promotion);
	const { id, plan } = promotion;
	try {
		return await applyPromotion(ports, {
			id,
			planDigest: plan.digest,
			actor,
			pass: async (planned) => await passGates(ports, planned, request.actor, null),
		});
	} catch (error) {
		// Nobody has seen it, so nobody will apply it.
		const reason = error instanceof Error ? error.message : String(error);
		await ports.promotions.move(id, ['planned'], 'aborted', reason, ports.clock.now());
		throw error;
	}
}

/** Rolling back a roll-back brings back what that one has put on hold. */
async function assertNotHeld(ports: GatePorts, undone: Promotion): Promise<void> {
	if (undone.rollbackOf === null) return;
	const environment = await ports.environmentOf(undone.to);
	const page = { limit: 500, after: null };
	const holds = await ports.gates.holds({ environment: undone.to, active: true }, page);
	const hold = holds.find(({ promotionId }) => promotionId === undone.rollbackOf);
	if (hold && protectionOf(environment)) throw gateClosed(undone, [heldGate(hold)], true);
}

async function planRollBack(
	ports: PromotionPorts,
	undone: Promotion,
	actor: string,
): Promise<Promotion> {
	const release = await releaseBefore(ports, undone, actor);
	const restore = await restoresOf(ports, { rollbackOf: undone.id });
	const spec: PromotionSpec = {
		mappings: noMappings,
		publish: true,
		followSource: false,
		message: `roll-back of promotion ${undone.id}`,
	};
	const now = ports.clock.now();
	return {
		id: ports.newId(),
		releaseId: release.id,
		from: undone.to,
		to: undone.to,
		rollbackOf: undone.id,
		phase: 'planned',
		spec,
		plan: await planFor(ports, { release, to: undone.to, spec, restore, fresh: false }),
		reason: null,
		createdBy: actor,
		createdAt: now,
		updatedAt: now,
	};
}

/** What the target had, as a release of its own. */
async function releaseBefore(
	ports: PromotionPorts,
	undone: Promotion,
	createdBy: string,
): Promise<Release> {
	const steps = await ports.promotions.steps(undone.id);
	const members: ReleaseMember[] = [];
	for (const change of undone.plan.changes) {
		const workflowId = targetIdIn(steps, change);
		const restore = restoreOf(change);
		if (workflowId === null || restore === null) continue;
		const version =
			restore.version === null
				? await keepNow(ports, undone, change, workflowId, createdBy)
				: await ports.versions.find(restore.version);
		if (!version) throw new TypeError(`what ${change.workflowKey} was before was not kept`);
		members.push({ workflowId, version, requested: true });
	}
	return await ports.assembleRelease(
		{ environment: undone.to, message: `before promotion ${undone.id}`, createdBy },
		members,
	);
}

/** It did not exist before; what it is now is kept, and it is unpublished. */
async function keepNow(
	ports: PromotionPorts,
	undone: Promotion,
	{ workflowKey }: PlannedChange,
	workflowId: string,
	createdBy: string,
) {
	const definitions = await definitionsOf(ports, undone.to);
	const message = `before the roll-back of promotion ${undone.id}`;
	const workflow = await definitions.get(workflowId);
	return await ports.keepVersion(
		{ environment: undone.to, workflowKey, message, createdBy },
		workflow,
	);
}

function wouldOverwrite({ id }: Promotion, moved: string[]): OrchestrationError {
	return new OrchestrationError(
		'promotion_plan_stale',
		`The target is not as promotion ${id} left it: ${moved.join('; ')}. Roll back what came later first, or send {"overwrite": true} to replace that too; a version of it is kept.`,
		{ details: { id, moved } },
	);
}
