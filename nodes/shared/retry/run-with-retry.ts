import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { ErrorFacts } from '../error-facts';
import { runSubWorkflow } from '../sub-workflow/run-sub-workflow';
import { waitInProcess } from '../waiting';
import { decideRetry, type GiveUpReason, type RetryPolicy, type RetryState } from './retry-policy';

export interface RetriedRun {
	workflowId: string;
	items: INodeExecutionData[];
	/** Of the first of them. */
	itemIndex: number;
	policy: RetryPolicy;
	/** When it must be done, in milliseconds since 1970. */
	until?: number;
	/** Asked before each further attempt: why there shall be none. */
	refusal?: () => Promise<GiveUpReason | undefined>;
}

export type RetriedEnd =
	| { kind: 'succeeded'; items: INodeExecutionData[]; executionId: string }
	| {
			kind: 'given-up';
			error: ErrorFacts;
			attempts: number;
			reason: GiveUpReason;
			/** Of the last attempt. */
			executionId?: string;
	  };

/** Runs a sub-workflow until it succeeds or the policy gives up; waits in between in this process. */
export async function runWithRetry(
	context: IExecuteFunctions,
	{ workflowId, items, itemIndex, policy, until, refusal }: RetriedRun,
): Promise<RetriedEnd> {
	const state: RetryState = { attempts: 0, startedAt: Date.now(), lastDelayMs: 0 };
	for (;;) {
		const result = await runSubWorkflow(context, workflowId, items, itemIndex, until);
		if (result.kind === 'succeeded') return result;
		state.attempts += 1;
		const { attempts } = state;
		const { error, executionId, late } = result;
		const givenUp = (reason: GiveUpReason): RetriedEnd => ({
			kind: 'given-up',
			error,
			attempts,
			reason,
			...(executionId ? { executionId } : {}),
		});
		if (late) return givenUp('deadline');
		const decision = decideRetry(policy, state, error, Date.now(), Math.random);
		if (decision.kind === 'give-up') return givenUp(decision.reason);
		const refused = await refusal?.();
		if (refused) return givenUp(refused);
		state.lastDelayMs = decision.delayMs;
		await waitInProcess(context, decision.delayMs, itemIndex);
	}
}
