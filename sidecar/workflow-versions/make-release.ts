import type { WorkflowDefinitions } from '../engines/port/definitions';
import { requireDefinitions } from '../engines/port/engine';
import { digestOf } from '../kernel/canonical-json';
import { isOrchestrationError } from '../kernel/errors';
import { inTurns } from '../kernel/in-turns';
import { releaseOrder } from './closure';
import { calledWorkflows } from './references';
import { keepVersion, type SnapshotPorts } from './snapshot';
import type { Release, ReleaseEntry, WorkflowVersion } from './version';

/** So many are read one by one; with more it is quicker to read all that the environment has. */
const few = 10;

export interface ReleaseRequest {
	environment: string;
	workflowIds: string[];
	message?: string | null;
	createdBy: string;
}

/** One workflow of a release to be. */
export interface ReleaseMember {
	workflowId: string;
	version: WorkflowVersion;
	/** False when it came along because another one calls it. */
	requested: boolean;
}

/**
 * Versions of the workflows named and of all that they call, leaves first. What is called and does not
 * exist is left out: the plan of a promotion says where it is named.
 * @throws environment_not_found, workflow_not_found, capability_missing
 */
export async function makeRelease(ports: SnapshotPorts, request: ReleaseRequest): Promise<Release> {
	const engine = await ports.engineOf(request.environment);
	const definitions = requireDefinitions(engine, request.environment);
	const members = await snapshotClosure(ports, definitions, request);
	return await assembleRelease(ports, request, members);
}

/** A release of versions that we have, leaves first. */
export async function assembleRelease(
	ports: Pick<SnapshotPorts, 'versions' | 'clock' | 'newId'>,
	request: Omit<ReleaseRequest, 'workflowIds'>,
	members: ReleaseMember[],
): Promise<Release> {
	const byId = new Map(members.map((member) => [member.workflowId, member]));
	const order = releaseOrder(
		members.map(({ workflowId, version }) => ({
			id: workflowId,
			calls: calledWorkflows(version.content),
		})),
	);
	const manifest = order.flat().flatMap((id) => {
		const member = byId.get(id);
		return member ? [entryOf(member)] : [];
	});
	return await ports.versions.addRelease({
		id: ports.newId(),
		environment: request.environment,
		digest: releaseDigest(manifest),
		message: request.message ?? null,
		manifest,
		createdBy: request.createdBy,
		createdAt: ports.clock.now(),
	});
}

export function releaseDigest(manifest: readonly ReleaseEntry[]): string {
	return digestOf(
		manifest.map(({ workflowKey, digest, origin }) => ({
			workflowKey,
			digest: origin?.digest ?? digest,
		})),
	);
}

async function snapshotClosure(
	ports: SnapshotPorts,
	definitions: WorkflowDefinitions,
	request: ReleaseRequest,
): Promise<ReleaseMember[]> {
	const requested = new Set(request.workflowIds);
	const listed = requested.size > few ? await definitions.listFull() : [];
	const known = new Map(listed.map((workflow) => [workflow.id, workflow]));
	const members: ReleaseMember[] = [];
	const seen = new Set<string>();
	const memberOf = async (id: string): Promise<ReleaseMember[]> => {
		try {
			const workflow = known.get(id) ?? (await definitions.get(id));
			const version = await keepVersion(ports, request, workflow);
			return [{ workflowId: id, version, requested: requested.has(id) }];
		} catch (error) {
			if (requested.has(id) || !isOrchestrationError(error, 'workflow_not_found')) throw error;
			return [];
		}
	};
	for (let level = [...requested]; level.length > 0;) {
		for (const id of level) seen.add(id);
		const found = (await inTurns(level, memberOf)).flat();
		members.push(...found);
		const called = new Set(found.flatMap(({ version }) => calledWorkflows(version.content)));
		level = [...called].filter((id) => !seen.has(id));
	}
	return members;
}

function entryOf({ workflowId, version, requested }: ReleaseMember): ReleaseEntry {
	return {
		workflowKey: version.workflowKey,
		workflowId,
		versionId: version.id,
		name: version.content.name,
		digest: version.digest,
		requested,
		...(version.origin ? { origin: version.origin } : {}),
	};
}
