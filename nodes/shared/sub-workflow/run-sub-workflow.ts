import type { ExecuteWorkflowData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { cancellation } from '../waiting';
import { within } from '../within';
import { type FailedRun, failureOf } from './failed-run';
import { leftAlone } from './left-alone';
import { endOfWaiting } from './waiting-run';

export type SubWorkflowResult =
	{ kind: 'succeeded'; items: INodeExecutionData[]; executionId: string } | FailedRun;

/**
 * Runs a published workflow once and waits for its end, also when it waits itself.
 *
 * `until` (milliseconds since 1970) is when it must be done: then n8n stops it between two of its
 * nodes, and it counts as failed. One that waits, or is in the middle of a node, may go on.
 *
 * Throws NodeOperationError when it could not be started, or this execution was cancelled.
 */
export async function runSubWorkflow(
	context: IExecuteFunctions,
	workflowId: string,
	items: INodeExecutionData[],
	itemIndex: number,
	until?: number,
): Promise<SubWorkflowResult> {
	if (context.getExecutionCancelSignal()?.aborted) throw cancellation(context, itemIndex);
	if (until === undefined) return await toTheEnd(context, workflowId, items, itemIndex);
	const began = Date.now();
	const left = Math.max(0, until - began);
	const result = await within(left, async (isOver) => {
		return await toTheEnd(leftAlone(context, until), workflowId, items, itemIndex, isOver);
	});
	if (result?.kind === 'succeeded') return result;
	if (result && Date.now() < until) return result;
	const message = `It was not done within its deadline (${Math.round(left / 100) / 10} s)`;
	const { executionId } = result ?? {};
	const error = { message, name: 'DeadlineExceeded', network: false, headers: {} };
	return { kind: 'failed', late: true, error, ...(executionId ? { executionId } : {}) };
}

async function toTheEnd(
	context: IExecuteFunctions,
	workflowId: string,
	items: INodeExecutionData[],
	itemIndex: number,
	givenUp: () => boolean = () => false,
): Promise<SubWorkflowResult> {
	let result: ExecuteWorkflowData;
	try {
		result = await leftAlone(context).executeWorkflow(
			{ id: workflowId },
			items.map(({ json, binary }, item) => ({
				json,
				...(binary ? { binary } : {}),
				pairedItem: { item },
			})),
			undefined,
			{
				parentExecution: {
					executionId: context.getExecutionId(),
					workflowId: context.getWorkflow().id ?? '',
					// We wait for it ourselves: n8n would resume us with the first child that ends.
					shouldResume: false,
				},
			},
		);
	} catch (error) {
		return await failureOf(context, error, workflowId, itemIndex);
	}
	const { executionId } = result;
	if (!result.waitTill) return succeeded(result.data, executionId, itemIndex);
	const end = await endOfWaiting(context, executionId, itemIndex, givenUp);
	if (end?.kind === 'succeeded') return succeeded(end.data, executionId, itemIndex);
	return (
		end ?? { kind: 'failed', executionId, error: { message: '', network: false, headers: {} } }
	);
}

function succeeded(
	data: ExecuteWorkflowData['data'],
	executionId: string,
	itemIndex: number,
): SubWorkflowResult {
	const items = (data[0] ?? []).map((item) => ({ ...item, pairedItem: { item: itemIndex } }));
	return { kind: 'succeeded', items, executionId };
}
