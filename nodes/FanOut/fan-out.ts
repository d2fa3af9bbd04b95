import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { errorItem } from '../shared/error-item';
import { asNodeError } from '../shared/node-error';
import { durably } from './durable/durably';
import { hint } from './hints';
import { outputsOf } from './outputs';
import { runHere } from './run-here';
import { type PlannedRuns, plannedRuns } from './runs';
import { type Settings, settingsOf } from './settings';

/** Starting a run costs n8n about a tenth of a second of its one process. */
const MANY_RUNS = 500;

/** Succeeded, Failed. */
export async function fanOut(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	let settings: Settings;
	let planned: PlannedRuns;
	try {
		settings = settingsOf(context);
		planned = plannedRuns(context, items.length, settings.batchSize);
		refuseVainQuorum(context, settings, planned);
	} catch (error) {
		if (!context.continueOnFail()) throw asNodeError(context, error, 0);
		return [[], items.map((item, index) => errorItem(context, item, index, error))];
	}
	const { runs } = planned;
	if (runs.length > MANY_RUNS && !settings.durable && settings.batchSize === 1) {
		hint(
			context,
			`${runs.length} runs of one item each: n8n starts about ten a second. Raise Items per Run if the workflow can take several at once.`,
		);
	}
	const without = planned.errors.size;
	if (settings.policy.kind === 'all' && without > 0) {
		const why = `Expected all items to be run, but ${without} cannot be`;
		return outputsOf(context, items, planned, new Map(), settings, why);
	}
	context.setMetadata({ subExecutionsCount: runs.length });
	if (!settings.durable) {
		const ends = await runHere(context, items, runs, settings);
		return outputsOf(context, items, planned, ends, settings);
	}
	return await durably(context, items, planned, settings);
}

function refuseVainQuorum(
	context: IExecuteFunctions,
	{ policy }: Settings,
	{ runs }: PlannedRuns,
): void {
	if (policy.kind !== 'quorum' || policy.atLeast <= Math.max(1, runs.length)) return;
	throw new NodeOperationError(
		context.getNode(),
		`Expected Quorum to be at most the number of runs (${runs.length}), but got ${policy.atLeast}`,
		{ itemIndex: 0, description: 'Each run takes as many items as Items per Run says.' },
	);
}
