import { requireDefinitions, type Engine } from '../engines/port/engine';
import type { EngineWorkflow } from '../engines/port/workflow';
import type { Clock } from '../kernel/clock';
import type { NewId } from '../kernel/ids';
import { fingerprint } from './fingerprint';
import type { WorkflowVersion } from './version';
import type { VersionStore } from './version-store';

export interface SnapshotPorts {
	versions: VersionStore;
	/** @throws environment_not_found */
	engineOf(environment: string): Promise<Engine>;
	clock: Clock;
	newId: NewId;
}

export interface SnapshotRequest {
	environment: string;
	workflowId: string;
	message?: string | null;
	createdBy: string;
}

/** How to keep a workflow that was read already. */
export interface KeepRequest extends Omit<SnapshotRequest, 'workflowId'> {
	/** Default: the key that the workflow has in the environment. */
	workflowKey?: string;
	/** The version of ours that the workflow was made from, with the ids of this place. */
	originId?: string;
}

/**
 * Keeps what the editor of an environment shows now as a version.
 * The same content gives the version we have.
 * @throws environment_not_found, workflow_not_found, capability_missing
 */
export async function snapshot(
	ports: SnapshotPorts,
	request: SnapshotRequest,
): Promise<WorkflowVersion> {
	const engine = await ports.engineOf(request.environment);
	const definitions = requireDefinitions(engine, request.environment);
	const workflow = await definitions.get(request.workflowId);
	return await keepVersion(ports, request, workflow);
}

/** Keeps a workflow that was read already. */
export async function keepVersion(
	ports: Pick<SnapshotPorts, 'versions' | 'clock' | 'newId'>,
	request: KeepRequest,
	workflow: EngineWorkflow,
): Promise<WorkflowVersion> {
	const id = ports.newId();
	const workflowKey =
		request.workflowKey ??
		(await ports.versions.keyFor(
			request.environment,
			workflow.id,
			proposeKey(workflow.content.name, id),
		));
	return await ports.versions.add({
		id,
		workflowKey,
		...fingerprint(workflow.content),
		content: workflow.content,
		tags: workflow.tags.map((tag) => tag.name).sort(),
		active: workflow.live?.versionId === workflow.draftVersionId,
		message: request.message ?? null,
		environment: request.environment,
		workflowId: workflow.id,
		createdBy: request.createdBy,
		createdAt: ports.clock.now(),
		originId: request.originId ?? null,
	});
}

/** A key people can read, made unique by the random tail of an id: `order-intake-9f3c21ab`. */
export function proposeKey(name: string, id: string): string {
	const slug = name
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, '-')
		.replaceAll(/^-+|-+$/g, '')
		.slice(0, 40);
	return `${slug || 'workflow'}-${id.slice(-8)}`;
}
