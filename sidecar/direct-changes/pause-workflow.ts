import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow } from '../engines/port/workflow';
import { isOrchestrationError, OrchestrationError } from '../kernel/errors';
import { isSame, liveContent } from '../promotion/target-state';
import type { PausedWorkflow } from './direct-change-store';
import {
	admitted,
	assertNotArchived,
	edited,
	type DirectPorts,
	type DirectRequest,
} from './direct-ports';
import { assertNotCalled } from './live-callers';
import { publishSeen, takeOut } from './publication';
import { saveDraft } from './saved-draft';

/**
 * Takes a workflow out of service and remembers which version was live. Pausing a paused one changes nothing.
 * @throws workflow_not_published, workflow_in_use, workflow_busy, environment_protected, workflow_not_settled
 */
export async function pauseWorkflow(
	ports: DirectPorts,
	request: DirectRequest & { workflowId: string; reason: string | null; force: boolean },
): Promise<{ workflow: EngineWorkflow; paused: PausedWorkflow }> {
	const { environment, workflowId: id, reason, actor } = request;
	const definitions = await admitted(ports, request);
	return await ports.alone(environment, id, async () => {
		const current = await definitions.get(id);
		assertNotArchived(current);
		const known = await ports.changes.findPaused(environment, id);
		const content = liveContent(current);
		if (!current.live || !content) {
			if (known) return { workflow: current, paused: known };
			throw notPublished(current);
		}
		if (!request.force) await assertNotCalled(definitions, current);
		const kept = await ports.keepVersion(
			{ environment, createdBy: actor, message: 'live when it was paused' },
			{ ...current, content },
		);
		const paused: PausedWorkflow = {
			environment,
			workflowId: id,
			name: current.content.name,
			liveVersionId: current.live.versionId,
			kept: kept.id,
			reason,
			pausedBy: actor,
			pausedAt: ports.clock.now(),
		};
		// Before anything is done, so that a crash does not forget it.
		await ports.changes.putPaused(paused);
		try {
			const workflow = await takeOut(ports.clock, definitions, id, paused.liveVersionId);
			return { workflow, paused };
		} catch (error) {
			await forgetIfLive(ports, definitions, paused);
			throw error;
		}
	});
}

/**
 * Publishes exactly the version that was live when it was paused; a draft made meanwhile stays a draft.
 * @throws workflow_not_paused, workflow_edited when another version was published meanwhile,
 * workflow_busy, environment_protected, workflow_not_settled, engine_conflict
 */
export async function resumeWorkflow(
	ports: DirectPorts,
	request: DirectRequest & { workflowId: string },
): Promise<{ workflow: EngineWorkflow }> {
	const { environment, workflowId: id } = request;
	const definitions = await admitted(ports, request);
	return await ports.alone(environment, id, async () => {
		const current = await definitions.get(id);
		const paused = await ports.changes.findPaused(environment, id);
		if (!paused) throw notPaused(current);
		assertNotArchived(current);
		if (current.live && current.live.versionId !== paused.liveVersionId) {
			throw edited(current, ['was published in another version'], null);
		}
		const workflow = await publishAgain(ports, definitions, current, paused);
		await ports.changes.dropPaused(environment, id);
		return { workflow };
	});
}

async function publishAgain(
	ports: DirectPorts,
	definitions: WorkflowDefinitions,
	current: EngineWorkflow,
	paused: PausedWorkflow,
): Promise<EngineWorkflow> {
	const { clock } = ports;
	const { id } = current;
	try {
		const wanted = { id, versionId: paused.liveVersionId, before: null };
		return await publishSeen(clock, definitions, wanted);
	} catch (error) {
		if (!isOrchestrationError(error, 'workflow_not_found')) throw error;
	}
	// n8n forgets versions after a while; ours is published in its place, and the draft then put back.
	const kept = await ports.versions.find(paused.kept);
	if (!kept) throw new TypeError(`version ${paused.kept} was not kept`);
	const { name, settings } = current.content;
	const staged = await saveDraft(clock, definitions, current, { ...kept.content, name, settings });
	const live = await publishSeen(clock, definitions, {
		id,
		versionId: staged.draftVersionId,
		before: null,
	});
	if (isSame(live.content, current.content)) return live;
	return await saveDraft(clock, definitions, live, current.content);
}

/** When it could not be taken out it is not paused. */
async function forgetIfLive(
	ports: DirectPorts,
	definitions: WorkflowDefinitions,
	{ environment, workflowId }: PausedWorkflow,
): Promise<void> {
	const now = await definitions.get(workflowId).catch(() => null);
	if (now?.live) await ports.changes.dropPaused(environment, workflowId);
}

function notPublished({ id, content }: EngineWorkflow): OrchestrationError {
	return new OrchestrationError(
		'workflow_not_published',
		`Workflow "${content.name}" (${id}) is not published, so there is nothing to pause.`,
		{ details: { workflowId: id } },
	);
}

function notPaused({ id, content }: EngineWorkflow): OrchestrationError {
	return new OrchestrationError(
		'workflow_not_paused',
		`Workflow "${content.name}" (${id}) was not paused here, so there is no version to go back to. Publish one with PUT and {"publish": true}.`,
		{ details: { workflowId: id } },
	);
}
