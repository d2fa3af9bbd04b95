import type { Environment } from '../environments/environment';
import { protectionOf } from '../environments/protection';
import { OrchestrationError } from '../kernel/errors';
import type { Release } from '../workflow-versions/version';
import { planFor } from './plan-for';
import type { Mappings, Promotion, PromotionSpec } from './promotion';
import type { PromotionPorts } from './promotion-ports';

export interface ProposeRequest {
	/** A release that exists, or what to make one of. */
	source: { releaseId: string } | { environment: string; workflowIds: string[] };
	to: string;
	mappings: Mappings;
	publish: boolean;
	message: string | null;
	createdBy: string;
	/** The promotion whose success leads to this one. */
	follows?: string;
}

/**
 * Plans a promotion; nothing is written to the target.
 * @throws environment_not_found, release_not_found, workflow_not_found, promotion_stage_order
 */
export async function proposePromotion(
	ports: PromotionPorts,
	request: ProposeRequest,
): Promise<Promotion> {
	const target = await ports.environmentOf(request.to);
	const followSource = !('releaseId' in request.source);
	const release =
		'releaseId' in request.source
			? await findRelease(ports, request.source.releaseId)
			: await newRelease(ports, request, request.source, target);
	assertUpwards(await ports.environmentOf(release.environment), target);
	const spec: PromotionSpec = {
		mappings: request.mappings,
		publish: request.publish,
		followSource,
		message: request.message,
	};
	const now = ports.clock.now();
	const promotion: Promotion = {
		id: ports.newId(),
		releaseId: release.id,
		from: release.environment,
		to: request.to,
		rollbackOf: null,
		...(request.follows === undefined ? {} : { follows: request.follows }),
		phase: (protectionOf(target)?.approvals ?? 0) > 0 ? 'awaiting-approval' : 'planned',
		spec,
		plan: await planFor(ports, {
			release,
			to: request.to,
			spec,
			fresh: followSource,
			testCredentials: true,
		}),
		reason: null,
		createdBy: request.createdBy,
		createdAt: now,
		updatedAt: now,
	};
	await ports.promotions.add(promotion);
	return promotion;
}

async function newRelease(
	ports: PromotionPorts,
	request: ProposeRequest,
	source: { environment: string; workflowIds: string[] },
	target: Environment,
): Promise<Release> {
	// Before anything is read, so that a wrong way round leaves no release behind.
	assertUpwards(await ports.environmentOf(source.environment), target);
	return await ports.makeRelease({
		...source,
		message: request.message,
		createdBy: request.createdBy,
	});
}

/** @throws release_not_found */
export async function findRelease(
	ports: { versions: Pick<PromotionPorts['versions'], 'findRelease'> },
	id: string,
): Promise<Release> {
	const release = await ports.versions.findRelease(id);
	if (release) return release;
	throw new OrchestrationError(
		'release_not_found',
		`There is no release ${id}. Make one with POST /api/v1/releases.`,
		{ details: { id } },
	);
}

function assertUpwards(from: Environment, to: Environment): void {
	if (to.stage > from.stage) return;
	throw new OrchestrationError(
		'promotion_stage_order',
		`A promotion goes to a higher stage: ${from.name} has stage ${from.stage}, ${to.name} has ${to.stage}. Name a later environment, or correct the stages with PUT /api/v1/environments/{name}.`,
		{ details: { from: from.name, to: to.name } },
	);
}
