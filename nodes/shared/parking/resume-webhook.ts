import type {
	IDataObject,
	INodeExecutionData,
	IWebhookDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';

import type { ResumeTicket } from '../../../sidecar/contract/parking';
import { type Parked, parkedIn } from './parked-state';

/** A path of its own: a Wait node that the execution may have come to since must not take our call. */
export const resumeWebhook: IWebhookDescription = {
	name: 'default',
	httpMethod: 'POST',
	responseMode: 'onReceived',
	responseData: '={{ "" }}',
	path: 'orchestration',
	isFullPath: true,
	restartWebhook: true,
	ndvHideUrl: true,
	ndvHideMethod: true,
};

/** Not among n8n's types, but there: the execution as it was stored. */
interface StoredExecution {
	runExecutionData?: {
		executionData?: {
			contextData: Record<string, unknown>;
			nodeExecutionStack: Array<{
				node: { disabled?: boolean };
				data: { main: INodeExecutionData[][] };
			}>;
		};
	};
}

/**
 * Lets a parked execution go on when the call is for the wait it is in. It may run several times for
 * one wait, before n8n claims the execution, so it changes nothing but the copy it was given. A throw
 * would make n8n lose the execution's data.
 */
export async function resumeParked(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	try {
		return await Promise.resolve(resumeOrRefuse(context));
	} catch (error) {
		return refuse(context, 503, 'not_now', error instanceof Error ? error.message : String(error));
	}
}

function resumeOrRefuse(context: IWebhookFunctions): IWebhookResponseData {
	const ticket = ticketIn(context.getBodyData());
	if (!ticket) {
		return refuse(context, 422, 'bad_ticket', 'Expected a ticket with nodeId and visit');
	}
	const { id, name } = context.getNode();
	const stored = (context as StoredExecution).runExecutionData?.executionData;
	const entry = stored?.nodeExecutionStack[0];
	const parked = parkedIn(stored?.contextData[`node:${name}`]);
	if (!entry || !parked || ticket.nodeId !== id || ticket.visit !== parked.visit) {
		return refuse(context, 409, 'other_ticket', 'This execution waits somewhere else by now');
	}
	return {
		webhookResponse: { resumed: true },
		workflowData: parked.again ? runAgain(entry, parked, parked.again) : entry.data.main,
	};
}

/** n8n has disabled the node for this entry, so that it would only pass on what is given here. */
function runAgain(
	entry: { node: { disabled?: boolean } },
	parked: Parked,
	items: INodeExecutionData[],
): INodeExecutionData[][] {
	delete entry.node.disabled;
	parked.resumed = true;
	return [items];
}

function ticketIn(body: IDataObject): Pick<ResumeTicket, 'nodeId' | 'visit'> | undefined {
	const { nodeId, visit } = (body['ticket'] ?? {}) as Partial<ResumeTicket>;
	return typeof nodeId === 'string' && typeof visit === 'number' ? { nodeId, visit } : undefined;
}

function refuse(
	context: IWebhookFunctions,
	status: number,
	code: string,
	detail: string,
): IWebhookResponseData {
	context.getResponseObject().status(status).json({ code, detail });
	return { noWebhookResponse: true };
}
