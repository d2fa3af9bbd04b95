import { digestOf } from '../kernel/canonical-json';
import type { Release, ReleaseEntry } from '../workflow-versions/version';
import { applyPromotion } from './apply-promotion';
import { noMappings, type PlannedChange, type Promotion, type PromotionSpec } from './promotion';
import { definitionsOf, findPromotion, wrongPhase, type PromotionPorts } from './promotion-ports';
import { planFor } from './propose-promotion';
import { restoresOf } from './restores';

/**
 * Puts a target back to what it was before a promotion, by a promotion of what was kept then: planned,
 * sealed and applied like any other. What the promotion had created is unpublished, never deleted.
 * @throws promotion_not_found, promotion_phase, promotion_blocked, promotion_environment_busy
 */
export async function rollBack(
	ports: PromotionPorts,
	request: { id: string; actor: string },
): Promise<Promotion> {
	const undone = await findPromotion(ports, request.id);
	if (undone.phase !== 'succeeded') {
		throw wrongPhase(undone, 'succeeded', 'Only what was promoted can be rolled back.');
	}
	const release = await releaseBefore(ports, undone, request.actor);
	const spec: PromotionSpec = {
		mappings: noMappings,
		publish: true,
		followSource: false,
		message: `roll-back of promotion ${undone.id}`,
	};
	const now = ports.clock.now();
	const promotion: Promotion = {
		id: ports.newId(),
		releaseId: release.id,
		from: undone.to,
		to: undone.to,
		rollbackOf: undone.id,
		phase: 'planned',
		spec,
		plan: await planFor(
			ports,
			release,
			undone.to,
			spec,
			await restoresOf(ports, { rollbackOf: undone.id }),
		),
		reason: null,
		createdBy: request.actor,
		createdAt: now,
		updatedAt: now,
	};
	await ports.promotions.add(promotion);
	return await applyPromotion(ports, {
		id: promotion.id,
		planDigest: promotion.plan.digest,
		actor: request.actor,
	});
}

/** What the target had, as a release of its own. */
async function releaseBefore(
	ports: PromotionPorts,
	undone: Promotion,
	actor: string,
): Promise<Release> {
	const manifest: ReleaseEntry[] = [];
	for (const change of undone.plan.changes) {
		manifest.push(await entryBefore(ports, undone, change, actor));
	}
	return await ports.versions.addRelease({
		id: ports.newId(),
		environment: undone.to,
		digest: digestOf(manifest.map(({ workflowKey, digest }) => ({ workflowKey, digest }))),
		message: `before promotion ${undone.id}`,
		manifest,
		createdBy: actor,
		createdAt: ports.clock.now(),
	});
}

async function entryBefore(
	ports: PromotionPorts,
	undone: Promotion,
	change: PlannedChange,
	actor: string,
): Promise<ReleaseEntry> {
	const { before, workflowKey } = change;
	const version = before
		? await ports.versions.find(before.live ?? before.draft)
		: await keepNow(ports, undone, change, actor);
	if (!version) throw new TypeError(`what ${workflowKey} was before was not kept`);
	const workflowId = before?.workflowId ?? version.workflowId;
	if (workflowId === null) throw new TypeError(`version ${version.id} is of no environment`);
	return {
		workflowKey,
		workflowId,
		versionId: version.id,
		name: version.content.name,
		digest: version.digest,
		requested: true,
	};
}

/** It did not exist before; what it is now is kept, and it is unpublished. */
async function keepNow(
	ports: PromotionPorts,
	undone: Promotion,
	change: PlannedChange,
	actor: string,
) {
	const binding = await ports.versions.findBinding(change.workflowKey, undone.to);
	if (!binding) throw new TypeError(`workflow ${change.workflowKey} is not bound in ${undone.to}`);
	const definitions = await definitionsOf(ports, undone.to);
	return await ports.keepVersion(
		{ environment: undone.to, message: `before the roll-back of ${undone.id}`, createdBy: actor },
		await definitions.get(binding.workflowId),
	);
}
