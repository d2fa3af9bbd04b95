import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { errorItem, sameItem } from '../shared/error-item';
import { reportOf } from '../shared/sidecar-error';
import { tidyError } from '../shared/tidy-error';
import { tallyOf } from './run-all';
import type { Run, RunEnd, RunEnds } from './run-end';
import type { PlannedRuns } from './runs';
import type { Settings } from './settings';
import { brokenBecause, verdictOf } from './verdict';

/**
 * Succeeded, Failed: both in the order of the items, each item on one of them. Throws when the policy
 * is broken and the node does not go on; when it does, nothing counts as succeeded.
 */
export function outputsOf(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	{ runs, errors }: PlannedRuns,
	ends: RunEnds,
	settings: Pick<Settings, 'policy' | 'dropNotNeeded'>,
	brokenAnyway?: string,
): INodeExecutionData[][] {
	const { policy, dropNotNeeded } = settings;
	const tally = tallyOf(runs.length, ends);
	const byFailures = verdictOf(policy, tally) === 'broken';
	const why = byFailures ? brokenBecause(policy, tally) : (brokenAnyway ?? '');
	const isBroken = why !== '';
	if (isBroken && !context.continueOnFail()) throw brokenError(context, why, runs, ends);

	const succeeded: INodeExecutionData[] = [];
	const failed = new Map<number, INodeExecutionData>();
	const fail = (run: Run, error: IDataObject) => {
		for (const index of run.indexes) {
			const item = items[index] ?? { json: {} };
			failed.set(index, sameItem(item, index, { ...item.json, error }));
		}
	};
	runs.forEach((run, place) => {
		const end = ends.get(place);
		if (!end) {
			if (isBroken) fail(run, { message: `Not run: ${why}`, reason: 'not-run' });
			else if (!dropNotNeeded) {
				fail(run, { message: 'Not needed: enough had succeeded before', reason: 'not-needed' });
			}
		} else if (end.kind === 'refused') {
			for (const index of run.indexes) {
				failed.set(index, errorItem(context, items[index] ?? { json: {} }, index, end.error));
			}
		} else if (end.kind === 'failed') {
			const { error, attempts, reason, executionId } = end;
			const own = executionId ? { executionId } : {};
			fail(run, { ...tidyError(error), attempts, reason, ...own });
		} else if (isBroken) {
			const { executionId } = end;
			const own = executionId ? { executionId } : {};
			const message = `It succeeded, but does not count: ${why}`;
			fail(run, { message, reason: 'others-failed', ...own });
		} else {
			succeeded.push(...resultsOf(run, end));
		}
	});
	for (const [index, error] of errors) {
		failed.set(index, errorItem(context, items[index] ?? { json: {} }, index, error));
	}
	return [succeeded, [...failed].sort(([a], [b]) => a - b).map(([, item]) => item)];
}

/**
 * Paired one by one when a run gave as many as it got, else with all of them. Without n8n's link to the
 * execution of the run: a Code node refuses items with metadata that it is to return
 * (https://github.com/n8n-io/n8n/issues/13087).
 */
function resultsOf(
	{ indexes }: Run,
	{ items }: Extract<RunEnd, { kind: 'succeeded' }>,
): INodeExecutionData[] {
	const all = indexes.map((item) => ({ item }));
	const onePerItem = items.length === indexes.length;
	return items.map(({ json, binary }, place) => ({
		json,
		...(binary ? { binary } : {}),
		pairedItem: onePerItem ? { item: indexes[place] ?? 0 } : all.length === 1 ? all[0]! : all,
	}));
}

function brokenError(
	context: IExecuteFunctions,
	why: string,
	runs: Run[],
	ends: RunEnds,
): NodeOperationError {
	const [place, end] = [...ends].find(([, { kind }]) => kind !== 'succeeded') ?? [0];
	const said =
		end?.kind === 'failed'
			? `${end.error.message}${end.executionId ? ` (execution ${end.executionId})` : ''}`
			: end?.kind === 'refused' && reportOf(end.error).message;
	return new NodeOperationError(context.getNode(), why, {
		itemIndex: runs[place]?.indexes[0] ?? 0,
		description: `${said ? `The first to fail said: ${said}. ` : ''}To take what succeeded all the same, set Succeeds When to Collect.`,
	});
}
