import type { Environment } from '../../../environments/environment';
import { isOrchestrationError, OrchestrationError } from '../../../kernel/errors';
import type { Engine } from '../../port/engine';

/**
 * Refuses what could never run. An engine that cannot be asked now is no reason: the attempts wait for it.
 * @throws invalid_request, workflow_not_found, workflow_invalid
 */
export async function checkTarget(
	environment: Pick<Environment, 'name' | 'engine'>,
	engineOf: () => Promise<Engine>,
	workflow: { id: string; isVersioned: boolean },
): Promise<void> {
	if (environment.engine !== 'n8n') {
		throw new OrchestrationError(
			'invalid_request',
			`Expected an environment whose engine is n8n, got ${environment.name}, which is of the kind ` +
				`${environment.engine}. An orchestration on Temporal runs workflows of n8n; workflows of ` +
				'Temporal are started by POST /api/v1/executions with their type.',
			{ details: { environment: environment.name } },
		);
	}
	if (workflow.isVersioned) return;
	try {
		const found = await (await engineOf()).definitions?.get(workflow.id);
		if (!found || found.live !== null) return;
		throw new OrchestrationError(
			'workflow_invalid',
			`Workflow "${found.content.name}" is not published in ${environment.name}, so it could not run. ` +
				'Publish it first, or name a version.',
			{ details: { environment: environment.name, workflowId: workflow.id } },
		);
	} catch (error) {
		const isAway = isOrchestrationError(error) && error.code.startsWith('engine_');
		if (!isAway) throw error;
	}
}
