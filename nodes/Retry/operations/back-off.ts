import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { type ErrorFacts, errorFactsOf } from '../../shared/error-facts';
import { errorItem, sameItem } from '../../shared/error-item';
import { failedInput } from '../../shared/failed-input';
import { readFailure } from '../../shared/failure';
import { retryPolicyOf } from '../../shared/retry/retry-fields';
import { decideRetry, type RetryState } from '../../shared/retry/retry-policy';
import { runIndexOf } from '../../shared/run-index';
import { asNodeError } from '../../shared/node-error';
import { leaveLater } from '../../shared/parking/leave-later';
import { type GivenUp, giveUp } from '../give-up';
import { retryBudgetOf } from '../retry-budget';
import { memoryOf, withMemory } from '../memory';

const WITHOUT_ERROR: ErrorFacts = {
	message: 'Came to Back Off without an error',
	network: false,
	headers: {},
};

/** What the policy would try again. */
type Candidate = Omit<GivenUp, 'reason'> & { state: RetryState };

/**
 * Retry, Gave Up. All that are tried again wait for the longest of their delays and leave together:
 * a node gives out its items once.
 */
export async function backOff(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const now = Date.now();
	const remember = memoryOf(context, runIndexOf(context), now);
	let again: Candidate[] = [];
	const work: GivenUp[] = [];
	const notDecided: INodeExecutionData[] = [];
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
			const given = { index, item: tried, error: facts, attempts: state.attempts };
			if (decision.kind === 'give-up') work.push({ ...given, reason: decision.reason });
			else again.push({ ...given, state: { ...state, lastDelayMs: decision.delayMs } });
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			notDecided.push(errorItem(context, item, index, error));
		}
	});

	const granted = await withdraw(context, again);
	work.push(...again.slice(granted).map((each) => ({ ...each, reason: 'retry-budget' as const })));
	again = again.slice(0, granted);
	const gaveUp = [...(await giveUp(context, work)), ...notDecided];
	addHints(context, { unpaired, withoutError });
	const delays = again.map(({ state }) => state.lastDelayMs);
	const waitMs = delays.reduce((longest, each) => Math.max(longest, each), 0);
	const retried = again.map(({ item, index, state }) => withMemory(sameItem(item, index), state));
	return await leaveLater(context, now + waitMs, [retried, gaveUp]);
}

/** How many of them the retry budget grants; all without one. */
async function withdraw(context: IExecuteFunctions, again: Candidate[]): Promise<number> {
	const budget = retryBudgetOf(context);
	const [first] = again;
	if (!budget || !first) return again.length;
	const failedFirst = again.filter(({ attempts }) => attempts === 1).length;
	budget.called(runIndexOf(context) === 0 ? firstCalls(context, failedFirst) : failedFirst);
	return await budget.withdraw(again.length, first.index);
}

/** Items the failed node worked on, those that succeeded included. */
function firstCalls(context: IExecuteFunctions, failed: number): number {
	const previous = previousNode(context);
	if (!previous) return failed;
	const { $items } = context.getWorkflowDataProxy(0) as {
		$items(node: string, output: number, run: number): INodeExecutionData[];
	};
	try {
		return failed + $items(previous, 0, 0).length;
	} catch {
		// Nothing left by that output.
		return failed;
	}
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
