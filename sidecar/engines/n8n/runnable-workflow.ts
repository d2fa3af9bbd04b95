import { OrchestrationError } from '../../kernel/errors';
import type { RunRequest } from '../port/run';
import type { WorkflowContent, WorkflowNode } from '../port/workflow';

const subWorkflowTrigger = 'n8n-nodes-base.executeWorkflowTrigger';
const respondToWebhook = 'n8n-nodes-base.respondToWebhook';

/** What the Execute Sub-workflow node takes as the JSON of a workflow. */
export interface RunnableWorkflow extends WorkflowContent {
	/** Files the run under this workflow; without it, under the runner. */
	id?: string;
	staticData: unknown;
}

/**
 * Makes any workflow startable from the given node, whatever its trigger is.
 * @param staticData what the live workflow holds now: a run that writes static data writes all of it
 * @throws workflow_invalid when the trigger node is not there
 */
export function runnableWorkflow(
	request: Pick<RunRequest, 'workflowId' | 'apart' | 'triggerNode'> & { content: WorkflowContent },
	staticData: unknown,
): RunnableWorkflow {
	const { workflowId, content, triggerNode } = request;
	if (!content.nodes.some(({ name }) => name === triggerNode)) {
		throw new OrchestrationError(
			'workflow_invalid',
			`expected a node "${triggerNode}" to start from in workflow "${content.name}", found none ` +
				'of that name; name the trigger as it is called in the version you run',
			{ details: { workflowId, triggerNode } },
		);
	}
	// The caller of the run reports its failure, so its own error workflow stays out of it.
	const { errorWorkflow: _, ...settings } = content.settings;
	return {
		...(request.apart ? {} : { id: workflowId }),
		name: content.name,
		nodes: content.nodes.map((node) => runnableNode(node, triggerNode)),
		connections: content.connections,
		// The runner is no workflow the user has listed as a caller.
		settings: { ...settings, callerPolicy: 'any' },
		staticData: staticData ?? {},
	};
}

function runnableNode(node: WorkflowNode, triggerNode: string): WorkflowNode {
	if (node.name === triggerNode) {
		const { disabled: _, credentials: __, webhookId: ___, ...rest } = node;
		if (node.type === subWorkflowTrigger) return rest;
		return {
			...rest,
			type: subWorkflowTrigger,
			typeVersion: 1.1,
			parameters: { inputSource: 'passthrough' },
		};
	}
	// n8n starts at the first trigger for sub-workflows; nobody waits for a webhook's answer.
	if (node.type === subWorkflowTrigger || node.type === respondToWebhook) {
		return { ...node, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
	}
	return node;
}
