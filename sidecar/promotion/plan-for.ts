import { protectionOf, type Ownership } from '../environments/protection';
import { fingerprint, type Fingerprint } from '../workflow-versions/fingerprint';
import type { Release, WorkflowVersion } from '../workflow-versions/version';
import { credentialWarnings } from './credential-tests';
import { inTurns } from '../kernel/in-turns';
import { makePlan } from './make-plan';
import type { Mappings, Plan, PromotionSpec } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import { emptyInventory, readSource, type SourceState } from './source-inventory';
import type { Restore } from './restores';
import { readTarget, type TargetState } from './target-state';

const noSource: SourceState = { inventory: emptyInventory, workflows: new Map() };

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

export interface Planned {
	plan: Plan;
	/** What it was made for. */
	target: TargetState;
}

/** The plan as the world is now. */
export async function planFor(ports: PromotionPorts, request: PlanRequest): Promise<Plan> {
	return (await planAndTarget(ports, request)).plan;
}

export async function planAndTarget(
	ports: PromotionPorts,
	{ release, to, spec, restore, fresh, testCredentials = false }: PlanRequest,
): Promise<Planned> {
	const definitions = await definitionsOf(ports, to);
	const sameEnvironment = release.environment === to;
	const lookAtSource = spec.followSource && !fresh;
	const [target, now, versions] = await Promise.all([
		readTarget(definitions, await ports.versions.bindingsIn(to)),
		sameEnvironment
			? noSource
			: readSource(async () => await definitionsOf(ports, release.environment), lookAtSource),
		versionsOf(ports, release),
	]);
	const saved = await ports.promotions.savedMappings(release.environment, to);
	const source = lookAtSource ? digestsNow(release, now) : digestsThen(spec, release, versions);
	const owned = sameEnvironment ? null : await ownedBy(ports, to);
	const plan = makePlan({
		release,
		versions,
		source,
		sameEnvironment,
		inventory: now.inventory,
		mappings: merged(spec.mappings, saved),
		publish: spec.publish,
		target,
		owned,
		...(restore ? { restore } : {}),
	});
	const failing = testCredentials ? await credentialWarnings(definitions, plan) : [];
	return { plan: { ...plan, warnings: [...plan.warnings, ...failing] }, target };
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

/** None when it does not matter whether the source moves on. */
function digestsThen(
	{ followSource }: PromotionSpec,
	release: Release,
	versions: WorkflowVersion[],
): Record<string, string> {
	if (!followSource) return {};
	return Object.fromEntries(
		release.manifest.map(({ workflowId }, index) => [workflowId, sourceDigest(versions[index])]),
	);
}

function sourceDigest(of: Fingerprint | undefined): string {
	return `${of?.digest} ${of?.appearanceDigest}`;
}

/** One that is gone from the source is left out. */
function digestsNow(release: Release, { workflows }: SourceState): Record<string, string> {
	return Object.fromEntries(
		release.manifest.flatMap(({ workflowId }) => {
			const workflow = workflows.get(workflowId);
			return workflow ? [[workflowId, sourceDigest(fingerprint(workflow.content))] as const] : [];
		}),
	);
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
