import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { errorItem } from '../../shared/error-item';
import { asNodeError } from '../../shared/node-error';
import { keepParked, parkedOf } from '../../shared/parking/parked-state';
import { runIndexOf } from '../../shared/run-index';
import { outputsOf } from '../outputs';
import type { PlannedRuns } from '../runs';
import type { Settings } from '../settings';
import { collectJoin, type Joined } from './collect-join';
import { runDurably } from './run-durably';

/** Comes twice: to hand the runs over, and when they are joined. */
export async function durably(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	planned: PlannedRuns,
	settings: Settings,
): Promise<INodeExecutionData[][]> {
	const parked = parkedOf(context);
	const isBack = parked?.resumed && parked.joinId && parked.visit === runIndexOf(context);
	let joined: Joined;
	try {
		if (!isBack && planned.runs.length > 0) {
			return await runDurably(context, items, planned.runs, settings);
		}
		joined = isBack
			? await collectJoin(context, parked.joinId ?? '', settings)
			: { ends: new Map() };
	} catch (error) {
		if (!context.continueOnFail()) throw asNodeError(context, error, 0);
		return [[], items.map((item, index) => errorItem(context, item, index, error))];
	}
	const { ends, brokenBecause } = joined;
	const outputs = outputsOf(context, items, planned, ends, settings, brokenBecause);
	keepParked(context, undefined);
	return outputs;
}
