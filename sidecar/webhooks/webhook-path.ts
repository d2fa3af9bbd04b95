import type { Engine } from '../engines/engine';
import { OrchestrationError } from '../kernel/errors';
import { productionWebhooks } from '../workflow-versions/webhooks';

/** @throws workflow_not_found, workflow_invalid when it is not published or has no webhook for the method, engine_* */
export async function webhookPathOf(
	engine: Engine,
	workflowId: string,
	method: string,
): Promise<string> {
	const workflow = await engine.definitions?.get(workflowId);
	const webhooks = workflow?.live ? productionWebhooks(workflow.live.graph) : [];
	const found = webhooks.find((webhook) => webhook.method === method);
	if (found) return found.path;
	throw new OrchestrationError(
		'workflow_invalid',
		`Expected workflow ${workflowId} to be published with a Webhook node for ${method}, got ${
			workflow?.live ? 'one without' : 'one that is not published'
		}. Publish it, or name the path of a webhook in the subscription.`,
	);
}
