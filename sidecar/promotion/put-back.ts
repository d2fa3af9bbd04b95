import { protectionOf } from '../environments/protection';
import { isOrchestrationError } from '../kernel/errors';
import { applyPromotion } from './apply-promotion';
import { planFor } from './plan-for';
import { noMappings, type Promotion, type PromotionSpec } from './promotion';
import type { GatePorts } from './gates/gate-ports';
import { type Applicant, passGates } from './gates/pass-gates';
import type { Restore } from './restores';

export interface PutBackRequest {
	environment: string;
	workflowKey: string;
	workflowId: string;
	/** Our versions of what its draft is to be, and of what is to be live; null: nothing. */
	draft: string;
	live: string | null;
	message: string;
	actor: Applicant;
}

/**
 * Puts one workflow back to versions that its environment had before, by a promotion like any other: planned,
 * sealed, fenced, seen live, undone when it fails. It is applied at once, unless a gate is closed; then it stays
 * planned, or awaiting approval.
 * @throws promotion_blocked, promotion_plan_stale, promotion_environment_busy
 */
export async function putBack(ports: GatePorts, request: PutBackRequest): Promise<Promotion> {
	const { environment, workflowKey, workflowId, draft, live, message, actor } = request;
	const version = await ports.versions.find(live ?? draft);
	if (!version) throw new TypeError(`version ${live ?? draft} was not kept`);
	const release = await ports.assembleRelease({ environment, message, createdBy: actor.name }, [
		{ workflowId, version, requested: true },
	]);
	const { definitions } = await ports.engineOf(environment);
	const now = await definitions?.get(workflowId);
	const restore: Record<string, Restore> = {
		[workflowKey]: {
			version: version.id,
			stage: true,
			publish: live !== null,
			unpublish: live === null && (now?.live ?? null) !== null,
			thenDraft: live === null || live === draft ? null : draft,
		},
	};
	const spec: PromotionSpec = {
		mappings: noMappings,
		publish: live !== null,
		followSource: false,
		message,
		restore,
	};
	const approvals = protectionOf(await ports.environmentOf(environment))?.approvals ?? 0;
	const at = ports.clock.now();
	const promotion: Promotion = {
		id: ports.newId(),
		releaseId: release.id,
		from: environment,
		to: environment,
		rollbackOf: null,
		phase: approvals > 0 ? 'awaiting-approval' : 'planned',
		spec,
		plan: await planFor(ports, { release, to: environment, spec, restore, fresh: false }),
		reason: null,
		createdBy: actor.name,
		createdAt: at,
		updatedAt: at,
	};
	await ports.promotions.add(promotion);
	const { id, plan } = promotion;
	try {
		return await applyPromotion(ports, {
			id,
			planDigest: plan.digest,
			actor: actor.name,
			pass: async (planned) => await passGates(ports, planned, actor, null),
		});
	} catch (error) {
		// Whoever may open the gate applies it then.
		const code: string = isOrchestrationError(error) ? error.code : '';
		if (code === 'promotion_gate_closed') return promotion;
		const reason = error instanceof Error ? error.message : String(error);
		await ports.promotions.move(id, [promotion.phase], 'aborted', reason, ports.clock.now());
		throw error;
	}
}
