import type { ExecuteWorkflowData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { type ErrorFacts, factsFrom } from './error-facts';
import { located } from './located';
import { cancellation, waitInProcess } from './waiting';

export type SubWorkflowResult =
	| { kind: 'succeeded'; items: INodeExecutionData[]; executionId: string }
	| { kind: 'failed'; error: ErrorFacts; executionId?: string };

/** Why n8n refused to start it, and what to do. n8n gives these no code. */
const refusals: Array<{ name?: string; message: RegExp; cure: string }> = [
	{
		message: /is not active and cannot be executed|could not be found|does not exist/i,
		cure: 'Publish that workflow, or choose another: n8n runs only published sub-workflows, and says the same of one that does not exist.',
	},
	{
		name: 'SubworkflowPolicyDenialError',
		message: /cannot be called by this workflow/i,
		cure: 'Open its settings and let this workflow call it (This workflow can be called by).',
	},
	{
		name: 'SubworkflowOperationError',
		message: /missing node to start execution/i,
		cure: 'Let that workflow begin with an Execute Sub-workflow Trigger.',
	},
];

/** The workflow chosen in the field `workflowId`. Throws when an expression gave nothing. */
export function chosenWorkflow(context: IExecuteFunctions, itemIndex: number): string {
	const chosen = located(context.getNodeParameter('workflowId', itemIndex, ''));
	if (chosen !== '') return chosen;
	throw new NodeOperationError(context.getNode(), 'Expected a workflow to run, but got none', {
		itemIndex,
		description: 'Choose it in the field Workflow, or check the expression there.',
	});
}

/**
 * Runs a published workflow once and waits for its end, also when it waits itself.
 *
 * Throws NodeOperationError when it could not be started, or this execution was cancelled.
 */
export async function runSubWorkflow(
	context: IExecuteFunctions,
	workflowId: string,
	items: INodeExecutionData[],
	itemIndex: number,
): Promise<SubWorkflowResult> {
	if (context.getExecutionCancelSignal()?.aborted) throw cancellation(context, itemIndex);
	let result: ExecuteWorkflowData;
	try {
		result = await context.executeWorkflow(
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
	if (!result.waitTill) return succeeded(result.data, result.executionId, itemIndex);
	// n8n has put this execution to wait for good because of the child; take that back.
	await context.putExecutionToWait(undefined as never);
	return await endOf(context, result.executionId, itemIndex);
}

function succeeded(
	data: ExecuteWorkflowData['data'],
	executionId: string,
	itemIndex: number,
): SubWorkflowResult {
	const items = (data[0] ?? []).map((item) => ({ ...item, pairedItem: { item: itemIndex } }));
	return { kind: 'succeeded', items, executionId };
}

async function failureOf(
	context: IExecuteFunctions,
	error: unknown,
	workflowId: string,
	itemIndex: number,
): Promise<SubWorkflowResult> {
	if (context.getExecutionCancelSignal()?.aborted) throw cancellation(context, itemIndex);
	const {
		executionId,
		name,
		message = String(error),
	} = (error ?? {}) as {
		executionId?: string;
		name?: string;
		message?: string;
	};
	const refusal = refusals.find((each) => each.name === name || each.message.test(message));
	if (refusal && !(await hasRun(context, executionId))) {
		throw new NodeOperationError(
			context.getNode(),
			`The workflow ${workflowId} could not be run: ${message}`,
			{ itemIndex, description: refusal.cure },
		);
	}
	const { errorResponse } = (error ?? {}) as { errorResponse?: unknown };
	const recorded = await recordOf(context, executionId);
	const last = recorded?.resultData.lastNodeExecuted;
	return {
		kind: 'failed',
		error: factsFrom(
			...(last ? [{ node: last }] : []),
			recorded?.resultData.error,
			errorResponse,
			asFacts(error),
		),
		...(executionId ? { executionId } : {}),
	};
}

/**
 * A workflow may itself fail with such words, when it calls another. One that was refused is recorded
 * with the calling node only.
 */
async function hasRun(context: IExecuteFunctions, executionId?: string): Promise<boolean> {
	const recorded = await recordOf(context, executionId);
	const caller = context.getNode().name;
	return Object.keys(recorded?.resultData.runData ?? {}).some((name) => name !== caller);
}

async function recordOf(context: IExecuteFunctions, executionId: string | undefined) {
	if (!executionId) return undefined;
	try {
		return await context.getExecutionDataById(executionId);
	} catch {
		// Not kept (its workflow saves no executions): the error itself has to do.
		return undefined;
	}
}

/** The message of an error is not among its own enumerable keys. */
const asFacts = (error: unknown): unknown =>
	error instanceof Error
		? {
				...error,
				...(error.name === 'Error' ? {} : { name: error.name }),
				message: error.message,
				cause: error.cause,
			}
		: error;

/** Looks until a child that waits has ended: often at first, then every 5 s. */
async function endOf(
	context: IExecuteFunctions,
	executionId: string,
	itemIndex: number,
): Promise<SubWorkflowResult> {
	for (let pauseMs = 250; ; pauseMs = Math.min(5000, pauseMs * 1.5)) {
		await waitInProcess(context, pauseMs, itemIndex);
		const record = await context.getExecutionDataById(executionId);
		if (!record) {
			const message = `The execution ${executionId} waited and was gone when it had ended`;
			throw new NodeOperationError(context.getNode(), message, {
				itemIndex,
				description: 'Let that workflow save its successful and failed executions.',
			});
		}
		const { resultData, executionData, waitTill } = record;
		const { error, lastNodeExecuted: last } = resultData;
		if (waitTill && !error) continue;
		if (error) {
			const facts = factsFrom(...(last ? [{ node: last }] : []), asFacts(error));
			return { kind: 'failed', error: facts, executionId };
		}
		if ((executionData?.nodeExecutionStack.length ?? 0) > 0) continue;
		const output = resultData.runData[last ?? '']?.at(-1)?.data?.['main'] ?? [];
		return succeeded(output, executionId, itemIndex);
	}
}
