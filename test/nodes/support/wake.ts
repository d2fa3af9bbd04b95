import type { INode, INodeExecutionData, IRun, IWebhookFunctions } from 'n8n-workflow';

import { resumeParked } from '../../../nodes/shared/parking/resume-webhook';
import type { N8nInProcess } from '../../support/n8n-core';
import { type Chain, type Outcome, resumeChain } from './run-nodes';

export interface Wake {
	/** What our webhook answered; 200 when it lets the execution go on. */
	status: number;
	body: unknown;
	/** How the execution went on; undefined when it was refused. */
	outcome?: Outcome;
}

/** Calls the webhook of the waiting node as n8n does (2.40), and goes on when it says so. */
export async function wakeChain(
	n8n: N8nInProcess,
	chain: Chain,
	run: IRun,
	body: object,
): Promise<Wake> {
	const data = structuredClone(run.data);
	const entry = data.executionData?.nodeExecutionStack[0];
	if (!entry) throw new Error('expected an execution that waits');
	entry.node.disabled = true;
	let said = { status: 200, body: undefined as unknown };
	const response = {
		status: (status: number) => ({ json: (answer: unknown) => (said = { status, body: answer }) }),
	};
	const context = {
		getBodyData: () => body,
		getNode: (): INode => entry.node,
		getResponseObject: () => response,
		runExecutionData: data,
	} as unknown as IWebhookFunctions;
	const { workflowData } = await resumeParked(context);
	if (!workflowData) return said;
	data.resultData.runData[entry.node.name]?.pop();
	delete data.waitTill;
	entry.data.main = workflowData as INodeExecutionData[][];
	entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	return { ...said, outcome: await resumeChain(n8n, chain, { ...run, data }) };
}
