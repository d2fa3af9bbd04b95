import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { asNodeError } from '../shared/node-error';
import { retryPolicyOf } from '../shared/retry/retry-fields';
import { runWithRetry } from '../shared/retry/run-with-retry';
import { hint } from './hints';
import { runAll } from './run-all';
import type { Run, RunEnd, RunEnds } from './run-end';
import type { Settings } from './settings';

/** In this execution: it holds its slot until the policy is decided. */
export async function runHere(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	runs: Run[],
	{ policy, atOnce }: Settings,
): Promise<RunEnds> {
	let late = 0;
	const ends = await runAll(runs.length, atOnce, policy, async (place, isOpen) => {
		const { workflowId, indexes } = runs[place] as Run;
		const itemIndex = indexes[0] ?? 0;
		try {
			const end = await perform(workflowId, indexes, itemIndex, isOpen);
			if (end.kind === 'failed' && end.reason === 'deadline') late += 1;
			return end;
		} catch (error) {
			const cancelled = context.getExecutionCancelSignal()?.aborted;
			if (cancelled || !context.continueOnFail()) throw asNodeError(context, error, itemIndex);
			return { kind: 'refused', error };
		}
	});
	if (late > 0) {
		hint(
			context,
			`${late} run(s) were not done by their deadline. One that waits may still go on.`,
		);
	}
	return ends;

	async function perform(
		workflowId: string,
		indexes: number[],
		itemIndex: number,
		isOpen: () => boolean,
	): Promise<RunEnd> {
		const retry = retryPolicyOf(context, itemIndex);
		const end = await runWithRetry(context, {
			workflowId,
			items: indexes.map((index) => items[index] ?? { json: {} }),
			itemIndex,
			policy: retry,
			refusal: async () => await Promise.resolve(isOpen() ? undefined : 'decided'),
			...(retry.deadlineMs === undefined ? {} : { until: Date.now() + retry.deadlineMs }),
		});
		return end.kind === 'succeeded' ? end : { ...end, kind: 'failed' };
	}
}
