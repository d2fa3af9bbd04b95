import type { EngineWorkflow } from '../engines/engine';
import { productionWebhooks } from '../workflow-versions/webhooks';
import type { Finding, Mappings } from './promotion';
import type { TargetState } from './target-state';

export type TargetChoice =
	| { choice: 'existing'; workflow: EngineWorkflow }
	| { choice: 'create' }
	| { choice: 'blocked'; finding: Finding };

/**
 * Which workflow of the target a workflow of the release is: as mapped, as bound by an earlier
 * promotion, else a new one. One of the same name that nobody bound is a question, not an answer.
 */
export function chooseTarget(
	target: TargetState,
	mappings: Mappings,
	source: { workflowKey: string; workflowId: string; name: string },
): TargetChoice {
	const mapped = mappings.workflows[source.workflowId];
	if (mapped === 'create') return { choice: 'create' };
	const id = mapped ?? target.bindings.get(source.workflowKey);
	if (id !== undefined) return existing(target, id, source);
	const namesakes = [...target.workflows.values()].filter(
		(workflow) => !workflow.archived && workflow.content.name === source.name,
	);
	if (namesakes.length === 0) return { choice: 'create' };
	return blocked(source, {
		code: 'workflow_name_taken',
		message: `The target has a workflow "${source.name}" that was never promoted to. Say which is meant: mappings.workflows["${source.workflowId}"] = its id, or "create" for a new one beside it.`,
		candidates: namesakes.map(({ id: taken, content }) => ({ id: taken, name: content.name })),
	});
}

function existing(
	target: TargetState,
	id: string,
	source: { workflowKey: string; workflowId: string; name: string },
): TargetChoice {
	const workflow = target.workflows.get(id);
	if (!workflow) {
		return blocked(source, {
			code: 'workflow_gone',
			message: `"${source.name}" is workflow ${id} in the target, which does not exist there any more. Set mappings.workflows["${source.workflowId}"] to another id or to "create".`,
		});
	}
	if (workflow.archived) {
		return blocked(source, {
			code: 'workflow_archived',
			message: `"${source.name}" is archived in the target, and n8n changes no archived workflow. Unarchive it there, or set mappings.workflows["${source.workflowId}"] to "create".`,
		});
	}
	return { choice: 'existing', workflow };
}

function blocked(
	source: { workflowKey: string },
	finding: Omit<Finding, 'workflowKey' | 'place'>,
): TargetChoice {
	return {
		choice: 'blocked',
		finding: { ...finding, workflowKey: source.workflowKey, place: null },
	};
}

/** Webhooks of a graph that another published workflow of the target already answers. */
export function webhookClashes(
	target: TargetState,
	workflowKey: string,
	own: EngineWorkflow | null,
	graph: Parameters<typeof productionWebhooks>[0],
): Finding[] {
	const wanted = productionWebhooks(graph);
	return [...target.workflows.values()].flatMap((other) => {
		if (other.id === own?.id || !other.live) return [];
		const taken = productionWebhooks(other.live.graph);
		return wanted
			.filter(({ method, path }) =>
				taken.some((webhook) => webhook.method === method && webhook.path === path),
			)
			.map(({ method, path }) => ({
				code: 'webhook_path_taken',
				message: `Webhook ${method} ${path} is answered by "${other.content.name}" (${other.id}) in the target. Change the path, or unpublish that workflow.`,
				workflowKey,
				place: null,
			}));
	});
}
