import type { Environment } from '../environments/environment';
import { OrchestrationError } from '../kernel/errors';
import { fingerprint } from '../workflow-versions/fingerprint';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import { makePlan, type Restore } from './make-plan';
import type { Mappings, Plan, Promotion, PromotionSpec } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import { readTarget } from './target-state';

export interface ProposeRequest {
	/** A release that exists, or what to make one of. */
	source: { releaseId: string } | { environment: string; workflowIds: string[] };
	to: string;
	mappings: Mappings;
	publish: boolean;
	message: string | null;
	createdBy: string;
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
		phase: 'planned',
		spec,
		plan: await planFor(ports, release, request.to, spec),
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
	ports: Pick<PromotionPorts, 'versions'>,
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

/** The plan as the world is now. */
export async function planFor(
	ports: PromotionPorts,
	release: Release,
	to: string,
	spec: PromotionSpec,
	restore?: Record<string, Restore>,
): Promise<Plan> {
	const definitions = await definitionsOf(ports, to);
	const saved = await ports.promotions.savedMappings(release.environment, to);
	return makePlan({
		release,
		versions: await versionsOf(ports, release),
		source: spec.followSource ? await sourceDigests(ports, release) : {},
		sameEnvironment: release.environment === to,
		mappings: merged(spec.mappings, saved),
		publish: spec.publish,
		target: await readTarget(definitions, await ports.versions.bindingsIn(to)),
		...(restore ? { restore } : {}),
	});
}

async function versionsOf(ports: PromotionPorts, release: Release): Promise<WorkflowVersion[]> {
	return await Promise.all(
		release.manifest.map(async ({ versionId }) => {
			const version = await ports.versions.find(versionId);
			if (!version) throw new TypeError(`release ${release.id} names version ${versionId}`);
			return version;
		}),
	);
}

async function sourceDigests(
	ports: PromotionPorts,
	release: Release,
): Promise<Record<string, string>> {
	const definitions = await definitionsOf(ports, release.environment);
	const digests = await Promise.all(
		release.manifest.map(async ({ workflowId }) => {
			const { content } = await definitions.get(workflowId);
			return [workflowId, fingerprint(content).digest] as const;
		}),
	);
	return Object.fromEntries(digests);
}

function merged(given: Mappings, saved: Mappings): Mappings {
	return {
		credentials: { ...saved.credentials, ...given.credentials },
		workflows: { ...saved.workflows, ...given.workflows },
		literals: [...new Set([...saved.literals, ...given.literals])].sort(),
	};
}
