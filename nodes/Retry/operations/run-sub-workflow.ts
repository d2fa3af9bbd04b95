import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { concurrently } from '../../shared/concurrent';
import { errorItem } from '../../shared/error-item';
import { retryPolicyOf } from '../../shared/retry/retry-fields';
import { decideRetry, type RetryState } from '../../shared/retry/retry-policy';
import { chosenWorkflow, runSubWorkflow } from '../../shared/sub-workflow';
import { asNodeError } from '../../shared/node-error';
import { waitInProcess } from '../../shared/waiting';
import { type GivenUp, giveUp } from '../give-up';

type End = { kind: 'succeeded'; items: INodeExecutionData[] } | ({ kind: 'given-up' } & GivenUp);

/** Succeeded, Gave Up: both in the order of the items. */
export async function runWithRetry(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const { itemsAtOnce = 5 } = context.getNodeParameter('options', 0, {}) as {
		itemsAtOnce?: number;
	};
	const width = Math.max(1, Math.floor(itemsAtOnce));
	const ends = await concurrently(items.length, width, async (index) => {
		const item = items[index] ?? { json: {} };
		try {
			return await runItem(context, item, index);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			return { kind: 'error', item: errorItem(context, item, index, error) } as const;
		}
	});
	const gaveUp = await giveUp(
		context,
		ends.filter((end) => end.kind === 'given-up'),
	);
	const succeeded = ends.flatMap((end) => (end.kind === 'succeeded' ? end.items : []));
	// Not one of them has run; with an error output n8n moves them there.
	const notRun = ends.flatMap((end) => (end.kind === 'error' ? [end.item] : []));
	return [succeeded, inOrder([...gaveUp, ...notRun])];
}

async function runItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	index: number,
): Promise<End> {
	const policy = retryPolicyOf(context, index);
	const workflowId = chosenWorkflow(context, index);
	const state: RetryState = { attempts: 0, startedAt: Date.now(), lastDelayMs: 0 };
	for (;;) {
		const result = await runSubWorkflow(context, workflowId, [item], index);
		if (result.kind === 'succeeded') return { kind: 'succeeded', items: result.items };
		state.attempts += 1;
		const { error, executionId } = result;
		const decision = decideRetry(policy, state, error, Date.now(), Math.random);
		if (decision.kind === 'give-up') {
			const { attempts } = state;
			const { reason } = decision;
			const last = executionId ? { executionId } : {};
			return { kind: 'given-up', index, item, error, attempts, reason, ...last };
		}
		state.lastDelayMs = decision.delayMs;
		await waitInProcess(context, decision.delayMs, index);
	}
}

function inOrder(items: INodeExecutionData[]): INodeExecutionData[] {
	const indexOf = ({ pairedItem }: INodeExecutionData) => (pairedItem as { item: number }).item;
	return items.sort((a, b) => indexOf(a) - indexOf(b));
}
