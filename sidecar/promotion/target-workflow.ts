import type { EngineWorkflow } from '../engines/port/workflow';
import { own } from './own';
import type { Finding, Mappings } from './promotion';
import type { TargetState } from './target-state';

export type TargetChoice =
	| { choice: 'existing'; workflow: EngineWorkflow }
	| { choice: 'create' }
	| { choice: 'blocked'; finding: Finding };

interface SourceWorkflow {
	workflowKey: string;
	workflowId: string;
	name: string;
}

/**
 * Which workflow of the target a workflow of the release is: as mapped, as bound by an earlier
 * promotion, else a new one. One of the same name that nobody bound is a question, not an answer.
 */
export function chooseTarget(
	target: TargetState,
	mappings: Mappings,
	source: SourceWorkflow,
): TargetChoice {
	const mapped = own(mappings.workflows, source.workflowId);
	if (mapped === 'create') return { choice: 'create' };
	const id = mapped ?? target.bindings.get(source.workflowKey);
	if (id !== undefined) return existingTarget(target, id, source);
	const namesakes = [...target.workflows.values()].filter(
		(workflow) => !workflow.archived && workflow.content.name === source.name,
	);
	if (namesakes.length === 0) return { choice: 'create' };
	return blocked(source, {
		code: 'workflow_name_taken',
		message: `The target has a workflow "${source.name}" that was never promoted to. Say which is meant: mappings.workflows["${source.workflowId}"] = its id, or "create" for a new one beside it.`,
		candidates: namesakes.map(({ id: taken, content }) => ({ id: taken, name: content.name })),
		mapping: { of: 'workflows', key: source.workflowId },
	});
}

function existingTarget(target: TargetState, id: string, source: SourceWorkflow): TargetChoice {
	const elsewhere = `set mappings.workflows["${source.workflowId}"] to another id or to "create"`;
	const workflow = target.workflows.get(id);
	if (!workflow) {
		return blocked(source, {
			code: 'workflow_gone',
			message: `"${source.name}" is workflow ${id} in the target, which does not exist there any more. To go on, ${elsewhere}.`,
			mapping: { of: 'workflows', key: source.workflowId },
		});
	}
	if (workflow.archived) {
		return blocked(source, {
			code: 'workflow_archived',
			message: `"${source.name}" is archived in the target, and n8n changes no archived workflow. Unarchive it there, or ${elsewhere}.`,
			mapping: { of: 'workflows', key: source.workflowId },
		});
	}
	return { choice: 'existing', workflow };
}

/** In a roll-back the workflow is the one that it was. */
export function sameWorkflow(target: TargetState, source: SourceWorkflow): TargetChoice {
	const workflow = target.workflows.get(source.workflowId);
	if (workflow && !workflow.archived) return { choice: 'existing', workflow };
	return blocked(source, {
		code: workflow ? 'workflow_archived' : 'workflow_gone',
		message: `"${source.name}" (${source.workflowId}) ${workflow ? 'is archived, and n8n changes no archived workflow. Unarchive it' : 'does not exist any more, so it cannot be put back. Import its version'} to go on.`,
	});
}

function blocked(
	source: SourceWorkflow,
	finding: Omit<Finding, 'workflowKey' | 'place'>,
): TargetChoice {
	return {
		choice: 'blocked',
		finding: { ...finding, workflowKey: source.workflowKey, place: null },
	};
}
