import type { IExecuteFunctions } from 'n8n-workflow';

import type { ParkRequest } from '../../../sidecar/contract/parking';
import { runIndexOf } from '../run-index';

/** What the sidecar needs to resume this execution where it is now. */
export type Ticket = Pick<
	ParkRequest,
	'executionId' | 'resumeToken' | 'nodeId' | 'visit' | 'workflowId'
>;

/** Undefined where n8n gives no address to resume at. */
export function ticketOf(context: IExecuteFunctions): Ticket | undefined {
	const url: unknown = context.evaluateExpression('{{ $execution.resumeUrl }}', 0);
	const resumeToken = /[?&]signature=([^&/]+)/.exec(String(url))?.[1];
	const executionId = context.getExecutionId();
	if (!resumeToken || !executionId) return undefined;
	const { id } = context.getWorkflow();
	return {
		executionId,
		resumeToken,
		nodeId: context.getNode().id,
		visit: runIndexOf(context),
		...(id ? { workflowId: id } : {}),
	};
}
