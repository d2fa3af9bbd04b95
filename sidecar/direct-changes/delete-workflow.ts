import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import { isOrchestrationError } from '../kernel/errors';
import { liveContent } from '../promotion/target-state';
import type { DeletedWorkflow } from './direct-change-store';
import { admitted, edited, type DirectPorts, type DirectRequest } from './direct-ports';
import { assertNotCalled } from './live-callers';
import { takeOut } from './publication';
import { movedSince } from './revision';
import { surely } from './surely';

/**
 * Deletes a workflow after keeping all that is needed to put it back. Repeating it after a failure goes on.
 * @throws workflow_not_found, workflow_in_use, workflow_edited, workflow_busy, environment_protected
 */
export async function deleteWorkflow(
	ports: DirectPorts,
	request: DirectRequest & {
		workflowId: string;
		/** The revision that was looked at; null: whatever it is. */
		basedOn: string | null;
		reason: string | null;
		force: boolean;
	},
): Promise<DeletedWorkflow> {
	const { environment, workflowId: id } = request;
	const definitions = await admitted(ports, request);
	return await ports.alone(environment, id, async () => {
		const current = await find(definitions, id);
		if (!current) {
			const begun = await ports.changes.findDeleted(environment, id);
			if (begun?.state !== 'deleting') return await notThere(definitions, id);
			return await finish(ports, begun);
		}
		const moved = request.basedOn === null ? [] : movedSince(request.basedOn, current);
		if (moved.length > 0) throw edited(current, moved, null);
		if (!request.force) await assertNotCalled(definitions, current);
		const deleted = await keep(ports, request, current);
		if (current.live) await takeOut(ports.clock, definitions, id, current.live.versionId);
		await surely(
			ports.clock,
			async () => await remove(definitions, id),
			async () => ((await find(definitions, id)) === null ? true : null),
		);
		return await finish(ports, deleted);
	});
}

async function keep(
	ports: DirectPorts,
	request: DirectRequest & { workflowId: string; reason: string | null },
	current: EngineWorkflow,
): Promise<DeletedWorkflow> {
	const { environment, actor, reason } = request;
	const live = liveContent(current);
	const asked = { environment, createdBy: actor, message: 'before it was deleted' };
	// What is live first: it is the older one.
	const liveVersion = live && (await ports.keepVersion(asked, { ...current, content: live }));
	const draft = await ports.keepVersion(asked, current);
	const deleted: DeletedWorkflow = {
		id: ports.newId(),
		environment,
		workflowId: current.id,
		workflowKey: draft.workflowKey,
		name: current.content.name,
		draft: draft.id,
		live: liveVersion?.id ?? null,
		tags: current.tags,
		state: 'deleting',
		restoredAs: null,
		reason,
		deletedBy: actor,
		deletedAt: ports.clock.now(),
	};
	const begun = await ports.changes.findDeleted(environment, current.id);
	// A repeated call finds it unpublished already; what it was is known from the first one.
	if (begun?.state === 'deleting' && begun.draft === draft.id && deleted.live === null)
		return begun;
	await ports.changes.addDeleted(deleted);
	return deleted;
}

async function finish(ports: DirectPorts, deleted: DeletedWorkflow): Promise<DeletedWorkflow> {
	await ports.changes.markDeleted(deleted.id, 'deleted', null);
	await ports.changes.dropPaused(deleted.environment, deleted.workflowId);
	return { ...deleted, state: 'deleted' };
}

async function remove(definitions: WorkflowDefinitions, id: string): Promise<true> {
	try {
		await definitions.remove(id);
	} catch (error) {
		// The first call got through and was repeated after its answer was lost.
		if (!isOrchestrationError(error, 'workflow_not_found')) throw error;
	}
	return true;
}

async function find(definitions: WorkflowDefinitions, id: string): Promise<EngineWorkflow | null> {
	try {
		return await definitions.get(id);
	} catch (error) {
		if (isOrchestrationError(error, 'workflow_not_found')) return null;
		throw error;
	}
}

/** The engine's own words for it. */
async function notThere(definitions: WorkflowDefinitions, id: string): Promise<never> {
	await definitions.get(id);
	throw new TypeError(`workflow ${id} came back while it was looked for`);
}
