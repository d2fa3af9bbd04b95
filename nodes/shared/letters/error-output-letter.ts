import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { DeadLetterInput } from '../../../sidecar/contract/dead-letters';
import { runIndexOf } from '../run-index';
import { failedInput } from '../failed-input';
import { readFailure } from '../failure';
import { itemsToRedeliver, itemsToShow } from './letter-items';
import { readTriggerItems } from './trigger-items';

export interface ErrorOutputLetter {
	letter: DeadLetterInput;
	/** False: the item came without an error, probably not from an error output. */
	failed: boolean;
	/** False: redelivery starts the workflow with all items of the trigger. */
	paired: boolean;
}

/**
 * A letter for an item in the very execution that failed it.
 *
 * @param mostUnpaired where n8n cannot say which item of the trigger it stems from, all of them go
 *   into the letter when they are no more than that; otherwise the sidecar reads them from n8n
 */
export async function errorOutputLetter(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	trigger: string | undefined,
	mostUnpaired = Infinity,
): Promise<ErrorOutputLetter> {
	const { id, name } = context.getWorkflow();
	const previous = context.getExecuteData().source?.['main']?.[0]?.previousNode;
	const failure = readFailure(item);
	const found = trigger ? readTriggerItems(context, trigger, itemIndex) : undefined;
	const fits = found && (found.paired || found.items.length <= mostUnpaired);
	const triggerItems = fits ? found : undefined;
	const letter: DeadLetterInput = {
		origin: 'error-output',
		workflowId: id ?? '',
		...(name ? { workflowName: name } : {}),
		executionId: context.getExecutionId(),
		...linkOf(context, id),
		position: { node: context.getNode().name, run: runIndexOf(context), item: itemIndex },
		...(triggerItems
			? {
					trigger: {
						node: triggerItems.node,
						items: await itemsToRedeliver(context, triggerItems.items, itemIndex),
					},
				}
			: {}),
		failedInput: itemsToShow([failedInput(context, item, failure?.input, previous, itemIndex)]),
		error: {
			...(previous ? { node: previous } : {}),
			...(failure?.error ?? { message: 'Sent to dead letters without an error' }),
		},
	};
	return { letter, failed: failure !== undefined, paired: found?.paired ?? true };
}

/** Where a person can look at it; nothing where n8n does not know its own address. */
function linkOf(context: IExecuteFunctions, workflowId = ''): { executionUrl?: string } {
	try {
		const base = context.getInstanceBaseUrl().replace(/\/+$/, '');
		const at = `/workflow/${encodeURIComponent(workflowId)}/executions/${context.getExecutionId()}`;
		return /^https?:/.test(base) ? { executionUrl: `${base}${at}` } : {};
	} catch {
		return {};
	}
}
