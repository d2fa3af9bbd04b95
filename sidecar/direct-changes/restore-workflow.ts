import type { WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent } from '../engines/port/workflow';
import { OrchestrationError } from '../kernel/errors';
import { rebind } from '../workflow-versions/rebind';
import type { DeletedWorkflow } from './direct-change-store';
import { admitted, type DirectPorts, type DirectRequest } from './direct-ports';
import { liveCallers } from './live-callers';
import { createMarked, removeNew } from './new-workflow';
import { publishSeen } from './publication';
import { saveDraft } from './saved-draft';

export interface Restored {
	workflow: EngineWorkflow;
	deleted: DeletedWorkflow;
	/** What could not be put back and where the former id still stands. */
	warnings: string[];
}

/**
 * Puts a deleted workflow back: draft, what was live, settings and tags. n8n chooses a new id; the key of
 * the workflow follows it.
 * @throws deleted_workflow_not_found, workflow_busy, environment_protected, engine_conflict,
 * workflow_not_settled
 */
export async function restoreWorkflow(
	ports: DirectPorts,
	request: DirectRequest & {
		/** The id it had. */
		workflowId: string;
		/** Live again, if it was. */
		publish: boolean;
	},
): Promise<Restored> {
	const { environment, workflowId } = request;
	const definitions = await admitted(ports, request);
	return await ports.alone(environment, workflowId, async () => {
		const deleted = await ports.changes.findDeleted(environment, workflowId);
		if (deleted?.state !== 'deleted') throw notDeleted(request, deleted);
		const draft = await contentOf(ports, deleted.draft);
		const live = deleted.live === null ? null : await contentOf(ports, deleted.live);
		const mark = `restoring ${deleted.id}`;
		const created = await createMarked(ports.clock, definitions, live ?? draft, mark);
		try {
			const workflow = await complete(ports, definitions, created, {
				draft: pointedAtItself(draft, deleted, created),
				live: live && pointedAtItself(live, deleted, created),
				publish: request.publish && live !== null,
			});
			const warnings = await leftOver(definitions, deleted, created.id);
			const { workflowKey } = deleted;
			await ports.versions.bind({ environment, workflowKey, workflowId: created.id });
			await ports.changes.markDeleted(deleted.id, 'restored', created.id);
			const restored = { ...deleted, state: 'restored', restoredAs: created.id } as const;
			return { workflow, deleted: restored, warnings };
		} catch (error) {
			await removeNew(definitions, created.id);
			throw error;
		}
	});
}

async function complete(
	ports: DirectPorts,
	definitions: WorkflowDefinitions,
	created: EngineWorkflow,
	wanted: { draft: WorkflowContent; live: WorkflowContent | null; publish: boolean },
): Promise<EngineWorkflow> {
	const { clock } = ports;
	const { id } = created;
	const first = wanted.live ?? wanted.draft;
	const staged = await saveDraft(clock, definitions, created, first);
	const workflow = wanted.publish
		? await publishSeen(clock, definitions, { id, versionId: staged.draftVersionId, before: null })
		: staged;
	return await saveDraft(clock, definitions, workflow, wanted.draft);
}

/** A workflow that names itself names its new id. */
function pointedAtItself(
	content: WorkflowContent,
	{ workflowId, name }: DeletedWorkflow,
	{ id }: EngineWorkflow,
): WorkflowContent {
	return rebind(content, { credentials: {}, workflows: { [workflowId]: { id, name } } });
}

async function leftOver(
	definitions: WorkflowDefinitions,
	{ tags, workflowId }: DeletedWorkflow,
	id: string,
): Promise<string[]> {
	const warnings: string[] = [];
	if (tags.length > 0) {
		const names = tags.map(({ name }) => name).join(', ');
		if (!definitions.setTags) warnings.push(`Its tags cannot be put back: ${names}.`);
		else {
			await definitions.setTags(
				id,
				tags.map((tag) => tag.id),
			);
		}
	}
	const callers = liveCallers(await definitions.listFull(), workflowId);
	for (const caller of callers) {
		warnings.push(
			`"${caller.content.name}" (${caller.id}) still calls it by its former id ${workflowId}.`,
		);
	}
	return warnings;
}

async function contentOf(ports: DirectPorts, versionId: string): Promise<WorkflowContent> {
	const version = await ports.versions.find(versionId);
	if (!version) throw new TypeError(`version ${versionId} was not kept`);
	return version.content;
}

function notDeleted(
	{ environment, workflowId }: DirectRequest & { workflowId: string },
	found: DeletedWorkflow | null,
): OrchestrationError {
	const restored = found?.restoredAs ? ` It was restored as ${found.restoredAs}.` : '';
	return new OrchestrationError(
		'deleted_workflow_not_found',
		`No workflow ${workflowId} was deleted from ${environment} through this API.${restored} List them with GET /api/v1/environments/${environment}/deleted-workflows.`,
		{ details: { workflowId, restoredAs: found?.restoredAs ?? null } },
	);
}
