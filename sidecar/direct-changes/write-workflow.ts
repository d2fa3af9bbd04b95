import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import {
	admitted,
	assertNotArchived,
	edited,
	type DirectPorts,
	type DirectRequest,
} from './direct-ports';
import { createMarked, removeNew } from './new-workflow';
import { assertCanStart, publishSeen } from './publication';
import { movedSince } from './revision';
import { saveDraft } from './saved-draft';

export interface WriteRequest extends DirectRequest {
	content: WorkflowContent;
	/** Also make it live. Never by itself. */
	publish: boolean;
	/** Kept with the version of what was written. */
	message: string | null;
}

export interface Written {
	workflow: EngineWorkflow;
	/** Our version of the draft it has now, and of the one it had. */
	versionId: string;
	previousVersionId: string | null;
}

/**
 * Creates a workflow; one that cannot be published as asked is removed again.
 * @throws environment_protected, workflow_invalid, engine_conflict, workflow_not_settled
 */
export async function createWorkflow(ports: DirectPorts, request: WriteRequest): Promise<Written> {
	const { clock } = ports;
	const { environment, content, publish, message, actor } = request;
	const definitions = await admitted(ports, request);
	if (publish) assertCanStart(content);
	const draft = await createMarked(clock, definitions, content, `creating ${ports.newId()}`);
	const { id, draftVersionId: versionId } = draft;
	try {
		const workflow = publish
			? await publishSeen(clock, definitions, { id, versionId, before: null })
			: draft;
		const kept = await ports.keepVersion({ environment, message, createdBy: actor }, workflow);
		return { workflow, versionId: kept.id, previousVersionId: null };
	} catch (error) {
		await removeNew(definitions, id);
		throw error;
	}
}

/**
 * Replaces the draft of a workflow that is still as the caller has read it, and publishes exactly that when
 * asked to. A version of what was there is kept.
 * @throws workflow_edited naming what moved and who, workflow_paused, workflow_busy, and as `createWorkflow`
 */
export async function updateWorkflow(
	ports: DirectPorts,
	request: WriteRequest & { workflowId: string; basedOn: string },
): Promise<Written> {
	const { environment, workflowId: id, basedOn, content, publish, message, actor } = request;
	const definitions = await admitted(ports, request);
	return await ports.alone(environment, id, async () => {
		const current = await definitions.get(id);
		assertNotArchived(current);
		const moved = movedSince(basedOn, current);
		if (moved.length > 0) throw edited(current, moved, await authorOf(definitions, current));
		if (publish) {
			assertCanStart(content);
			await assertNotPaused(ports, environment, current);
		}
		const before = await ports.keepVersion({ environment, createdBy: actor }, current);
		const saved = await saveDraft(ports.clock, definitions, current, content);
		const after = await ports.keepVersion({ environment, message, createdBy: actor }, saved);
		const workflow = publish
			? await publishSeen(ports.clock, definitions, {
					id,
					versionId: saved.draftVersionId,
					before: current.live?.versionId ?? null,
				})
			: saved;
		return { workflow, versionId: after.id, previousVersionId: before.id };
	});
}

async function authorOf(
	definitions: Awaited<ReturnType<typeof admitted>>,
	{ id, draftVersionId }: EngineWorkflow,
): Promise<string | null> {
	const history = await definitions.history(id);
	return history.find(({ versionId }) => versionId === draftVersionId)?.authors || null;
}

async function assertNotPaused(
	ports: DirectPorts,
	environment: string,
	{ id, content }: EngineWorkflow,
): Promise<void> {
	const paused = await ports.changes.findPaused(environment, id);
	if (!paused) return;
	throw new OrchestrationError(
		'workflow_paused',
		`Workflow "${content.name}" (${id}) was paused by ${paused.pausedBy}, so it is not published. Save it with {"publish": false}, or resume it first.`,
		{ details: { workflowId: id } },
	);
}
