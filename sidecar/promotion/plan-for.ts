import { protectionOf, type Ownership } from '../environments/protection';
import { isOrchestrationError } from '../kernel/errors';
import { fingerprint, type Fingerprint } from '../workflow-versions/fingerprint';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import { credentialWarnings } from './credential-tests';
import { inTurns } from './in-turns';
import { makePlan } from './make-plan';
import type { Mappings, Plan, PromotionSpec } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import { emptyInventory, readInventory } from './source-inventory';
import type { Restore } from './restores';
import { readTarget } from './target-state';

export interface PlanRequest {
	release: Release;
	to: string;
	spec: PromotionSpec;
	restore?: Record<string, Restore> | undefined;
	/** The release was made just now; else the source is read again. */
	fresh: boolean;
	/** Also try the credentials of the target. Default false. */
	testCredentials?: boolean;
}

/** The plan as the world is now. */
export async function planFor(
	ports: PromotionPorts,
	{ release, to, spec, restore, fresh, testCredentials = false }: PlanRequest,
): Promise<Plan> {
	const definitions = await definitionsOf(ports, to);
	const sameEnvironment = release.environment === to;
	const [target, inventory] = await Promise.all([
		readTarget(definitions, await ports.versions.bindingsIn(to)),
		sameEnvironment
			? emptyInventory
			: readInventory(async () => await definitionsOf(ports, release.environment)),
	]);
	const saved = await ports.promotions.savedMappings(release.environment, to);
	const versions = await versionsOf(ports, release);
	const source = spec.followSource
		? fresh
			? digestsOf(release, versions)
			: await sourceDigests(ports, release)
		: {};
	const owned = sameEnvironment ? null : await ownedBy(ports, to);
	const plan = makePlan({
		release,
		versions,
		source,
		sameEnvironment,
		inventory,
		mappings: merged(spec.mappings, saved),
		publish: spec.publish,
		target,
		owned,
		...(restore ? { restore } : {}),
	});
	if (!testCredentials) return plan;
	const failing = await credentialWarnings(definitions, plan);
	return { ...plan, warnings: [...plan.warnings, ...failing] };
}

/** Null: nothing belongs to it by rule. */
async function ownedBy(ports: PromotionPorts, environment: string): Promise<Ownership | null> {
	const owned = protectionOf(await ports.environmentOf(environment))?.owned;
	if (!owned) return null;
	const { schedules, settings, parameters } = owned;
	return schedules || settings.length > 0 || parameters.length > 0 ? owned : null;
}

/** Those of the manifest, in its order. */
export async function versionsOf(
	ports: { versions: Pick<PromotionPorts['versions'], 'find'> },
	release: Release,
): Promise<WorkflowVersion[]> {
	return await inTurns(release.manifest, async ({ versionId }) => {
		const version = await ports.versions.find(versionId);
		if (!version) throw new TypeError(`release ${release.id} names version ${versionId}`);
		return version;
	});
}

function digestsOf(release: Release, versions: WorkflowVersion[]): Record<string, string> {
	return Object.fromEntries(
		release.manifest.map(({ workflowId }, index) => [workflowId, sourceDigest(versions[index])]),
	);
}

function sourceDigest(of: Fingerprint | undefined): string {
	return `${of?.digest} ${of?.appearanceDigest}`;
}

/** One that is gone from the source is left out. */
async function sourceDigests(
	ports: PromotionPorts,
	release: Release,
): Promise<Record<string, string>> {
	const definitions = await definitionsOf(ports, release.environment);
	const digests = await inTurns(release.manifest, async ({ workflowId }) => {
		try {
			const { content } = await definitions.get(workflowId);
			return [[workflowId, sourceDigest(fingerprint(content))] as const];
		} catch (error) {
			if (isOrchestrationError(error, 'workflow_not_found')) return [];
			throw error;
		}
	});
	return Object.fromEntries(digests.flat());
}

function merged(given: Mappings, saved: Mappings): Mappings {
	return {
		credentials: { ...saved.credentials, ...given.credentials },
		workflows: { ...saved.workflows, ...given.workflows },
		dataTables: { ...saved.dataTables, ...given.dataTables },
		rules: [...(given.rules ?? []), ...(saved.rules ?? [])],
		literals: [...new Set([...saved.literals, ...given.literals])].sort(),
	};
}
