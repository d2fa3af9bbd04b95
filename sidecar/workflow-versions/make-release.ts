import type { WorkflowDefinitions, WorkflowContent } from '../engines/engine';
import { digestOf } from '../kernel/canonical-json';
import { releaseOrder } from './closure';
import { calledWorkflows } from './references';
import { keepVersion, noDefinitions, type SnapshotPorts } from './snapshot';
import type { Release, ReleaseEntry, WorkflowVersion } from './version';

export interface ReleaseRequest {
	environment: string;
	workflowIds: string[];
	message?: string | null;
	createdBy: string;
}

/**
 * Versions of the workflows named and of all that they call, leaves first.
 * @throws environment_not_found, workflow_not_found, capability_missing
 */
export async function makeRelease(ports: SnapshotPorts, request: ReleaseRequest): Promise<Release> {
	const { definitions } = await ports.engineOf(request.environment);
	if (!definitions) throw noDefinitions(request.environment);
	const versions = await snapshotClosure(ports, definitions, request);
	const requested = new Set(request.workflowIds);
	const order = releaseOrder(
		[...versions].map(([id, version]) => ({ id, calls: callsWithin(versions, version.content) })),
	);
	const manifest = order.flat().map((id) => {
		// Every id of the order comes from the map.
		return entryOf(versions.get(id) as WorkflowVersion, id, requested.has(id));
	});
	return await ports.versions.addRelease({
		id: ports.newId(),
		environment: request.environment,
		digest: digestOf(manifest.map(({ workflowKey, digest }) => ({ workflowKey, digest }))),
		message: request.message ?? null,
		manifest,
		createdBy: request.createdBy,
		createdAt: ports.clock.now(),
	});
}

async function snapshotClosure(
	ports: SnapshotPorts,
	definitions: WorkflowDefinitions,
	request: ReleaseRequest,
): Promise<Map<string, WorkflowVersion>> {
	const versions = new Map<string, WorkflowVersion>();
	const waiting = [...request.workflowIds];
	for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
		if (versions.has(id)) continue;
		const version = await keepVersion(ports, request, await definitions.get(id));
		versions.set(id, version);
		waiting.push(...calledWorkflows(version.content));
	}
	return versions;
}

function callsWithin(versions: Map<string, WorkflowVersion>, content: WorkflowContent): string[] {
	return calledWorkflows(content).filter((id) => versions.has(id));
}

function entryOf(version: WorkflowVersion, workflowId: string, requested: boolean): ReleaseEntry {
	return {
		workflowKey: version.workflowKey,
		workflowId,
		versionId: version.id,
		name: version.content.name,
		digest: version.digest,
		requested,
	};
}
