import type { IDataObject } from 'n8n-workflow';

import type { DeadLetterInput } from '../../sidecar/contract/dead-letters';
import { readError } from '../shared/failure';

/** What the Error Trigger gives out; `trigger` instead of `execution` when a trigger itself failed. */
interface ErrorTriggerJson {
	execution?: {
		id?: unknown;
		url?: unknown;
		retryOf?: unknown;
		error?: unknown;
		lastNodeExecuted?: unknown;
	};
	trigger?: { error?: unknown };
	workflow?: { id?: unknown; name?: unknown };
}

export function isFromErrorTrigger(json: IDataObject): boolean {
	const { execution, trigger, workflow } = json as ErrorTriggerJson;
	return Boolean(workflow?.id && (execution?.id || trigger?.error));
}

/** The payload is not here: the sidecar reads it from the failed execution. */
export function errorWorkflowLetter(json: IDataObject): DeadLetterInput {
	const { execution, trigger, workflow } = json as ErrorTriggerJson;
	const failedNode = execution?.lastNodeExecuted;
	return {
		origin: 'error-workflow',
		workflowId: String(workflow?.id ?? ''),
		...(workflow?.name ? { workflowName: String(workflow.name) } : {}),
		...(execution?.id ? { executionId: String(execution.id) } : {}),
		...(/^https?:/.test(String(execution?.url)) ? { executionUrl: String(execution?.url) } : {}),
		...(execution?.retryOf ? { retryOf: String(execution.retryOf) } : {}),
		error: readError(
			...(failedNode ? [{ node: failedNode }] : []),
			execution?.error ?? trigger?.error,
		),
	};
}
