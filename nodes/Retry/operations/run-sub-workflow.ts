import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { concurrently } from '../../shared/concurrent';
import { errorItem } from '../../shared/error-item';
import { retryPolicyOf } from '../../shared/retry/retry-fields';
import { runWithRetry } from '../../shared/retry/run-with-retry';
import { chosenWorkflow } from '../../shared/sub-workflow/chosen-workflow';
import { asNodeError } from '../../shared/node-error';
import { type GivenUp, giveUp } from '../give-up';
import { type RetryBudget, retryBudgetOf } from '../retry-budget';

type End = { kind: 'succeeded'; items: INodeExecutionData[] } | ({ kind: 'given-up' } & GivenUp);

/** Succeeded, Gave Up: both in the order of the items. */
export async function runEach(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const { itemsAtOnce = 5 } = context.getNodeParameter('options', 0, {}) as {
		itemsAtOnce?: number;
	};
	const width = Math.max(1, Math.floor(itemsAtOnce));
	const budget = retryBudgetOf(context);
	const ends = await concurrently(items.length, width, async (index) => {
		const item = items[index] ?? { json: {} };
		try {
			return await runItem(context, item, index, budget);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			return { kind: 'error', item: errorItem(context, item, index, error) } as const;
		}
	});
	await budget?.settle();
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
	budget: RetryBudget | undefined,
): Promise<End> {
	const policy = retryPolicyOf(context, index);
	const workflowId = chosenWorkflow(context, index);
	budget?.called(1);
	const refusal = async () =>
		!budget || (await budget.withdraw(1, index)) === 1 ? undefined : 'retry-budget';
	const end = await runWithRetry(context, {
		workflowId,
		items: [item],
		itemIndex: index,
		policy,
		refusal,
	});
	return end.kind === 'succeeded' ? end : { ...end, index, item };
}

function inOrder(items: INodeExecutionData[]): INodeExecutionData[] {
	const indexOf = ({ pairedItem }: INodeExecutionData) => (pairedItem as { item: number }).item;
	return items.sort((a, b) => indexOf(a) - indexOf(b));
}
