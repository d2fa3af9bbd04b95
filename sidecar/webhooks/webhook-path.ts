import type { Engine } from '../engines/port/engine';
import { OrchestrationError } from '../kernel/errors';
import { productionWebhooks } from '../workflow-versions/webhooks';

/**
 * Null when no webhook of the workflow takes the method.
 * @throws workflow_not_found, workflow_invalid when it is not published, engine_*
 */
export async function webhookPathOf(
	engine: Engine,
	workflowId: string,
	method: string,
): Promise<string | null> {
	const workflow = await engine.definitions?.get(workflowId);
	if (workflow?.live) {
		const webhooks = productionWebhooks(workflow.live.graph);
		return webhooks.find((webhook) => webhook.method === method)?.path ?? null;
	}
	throw new OrchestrationError(
		'workflow_invalid',
		`Expected workflow ${workflowId} to be published, and it is not. Publish it, or name the path ` +
			'of a webhook in the subscription.',
	);
}
