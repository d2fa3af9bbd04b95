import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type ErrorFacts, errorFactsOf } from '../../shared/error-facts';
import { errorItem, sameItem } from '../../shared/error-item';
import { failedInput } from '../../shared/failed-input';
import { readFailure } from '../../shared/failure';
import { retryPolicyOf } from '../../shared/retry/retry-fields';
import { decideRetry } from '../../shared/retry/retry-policy';
import { runIndexOf } from '../../shared/run-index';
import { asNodeError } from '../../shared/node-error';
import { leaveLater } from '../../shared/parking/leave-later';
import { type GivenUp, giveUp } from '../give-up';
import { memoryOf, withMemory } from '../memory';

const WITHOUT_ERROR: ErrorFacts = {
	message: 'Came to Back Off without an error',
	network: false,
	headers: {},
};

/**
 * Retry, Gave Up. All that are tried again wait for the longest of their delays and leave together:
 * a node gives out its items once.
 */
export async function backOff(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const now = Date.now();
	const remember = memoryOf(context, runIndexOf(context), now);
	const again: INodeExecutionData[] = [];
	const work: GivenUp[] = [];
	const notDecided: INodeExecutionData[] = [];
	let waitMs = 0;
	let unpaired = 0;
	let withoutError = 0;

	items.forEach((item, index) => {
		try {
			const policy = retryPolicyOf(context, index);
			const error = errorFactsOf(item);
			const known = remember(item);
			if (known.unpaired) unpaired += 1;
			if (!error) withoutError += 1;
			const tried = known.sent ?? inputOf(context, item, index);
			const state = { ...known.state, attempts: known.state.attempts + 1 };
			const facts = withNode(context, error ?? WITHOUT_ERROR);
			const decision = decideRetry(policy, state, facts, now, Math.random);
			if (decision.kind === 'give-up') {
				const { attempts } = state;
				work.push({ index, item: tried, error: facts, attempts, reason: decision.reason });
				return;
			}
			waitMs = Math.max(waitMs, decision.delayMs);
			const next = { ...state, lastDelayMs: decision.delayMs };
			again.push(withMemory(sameItem(tried, index), next));
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			notDecided.push(errorItem(context, item, index, error));
		}
	});

	const gaveUp = [...(await giveUp(context, work)), ...notDecided];
	addHints(context, { unpaired, withoutError });
	return await leaveLater(context, now + waitMs, [again, gaveUp]);
}

/** What the failed node was given. */
function inputOf(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	index: number,
): INodeExecutionData {
	const previous = previousNode(context);
	return failedInput(context, item, readFailure(item)?.input, previous, index);
}

const withNode = (context: IExecuteFunctions, error: ErrorFacts): ErrorFacts => {
	const node = error.node ?? previousNode(context);
	return node ? { ...error, node } : error;
};

const previousNode = (context: IExecuteFunctions): string | undefined =>
	context.getExecuteData().source?.['main']?.[0]?.previousNode;

function addHints(
	context: IExecuteFunctions,
	{ unpaired, withoutError }: { unpaired: number; withoutError: number },
): void {
	const hint = (message: string) =>
		context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
	if (unpaired > 0) {
		hint(
			`n8n could not tell which item ${unpaired} item(s) stem from, so their attempts are counted by the runs of this node. A Code node in the loop should set pairedItem.`,
		);
	}
	if (withoutError > 0) {
		hint(
			`${withoutError} item(s) came without an error. Connect this node to the error output of a node (Settings, On Error: Continue (using error output)).`,
		);
	}
}
