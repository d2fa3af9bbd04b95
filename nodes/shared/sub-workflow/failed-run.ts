import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { type ErrorFacts, factsFrom } from '../error-facts';
import { cancellation } from '../waiting';

export interface FailedRun {
	kind: 'failed';
	error: ErrorFacts;
	executionId?: string;
	/** It was not done in the time it was given. */
	late?: true;
}

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

/**
 * What a failed run says of itself. Throws NodeOperationError when n8n refused to begin it, or this
 * execution was cancelled.
 */
export async function failureOf(
	context: IExecuteFunctions,
	error: unknown,
	workflowId: string,
	itemIndex: number,
): Promise<FailedRun> {
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
export const asFacts = (error: unknown): unknown =>
	error instanceof Error
		? {
				...error,
				...(error.name === 'Error' ? {} : { name: error.name }),
				message: error.message,
				cause: error.cause,
			}
		: error;
