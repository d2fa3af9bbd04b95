import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { errorFactsOf, type ErrorFacts } from '../../shared/error-facts';
import { asNodeError } from '../../shared/node-error';
import { errorItem, sameItem } from '../../shared/error-item';
import { circuitsOf } from '../circuits';
import { ignoredStatuses } from '../ignored-statuses';
import { itemsByCircuit } from '../keyed-items';
import type { Outcome } from '../local-circuit';

/** The items as they came, once the circuit knows how they fared. One message for each circuit. */
export async function report(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const circuits = circuitsOf(context);
	const { groups, errors } = itemsByCircuit(context, items.length);
	let lost = 0;
	for (const [key, indexes] of groups) {
		try {
			const outcomes = indexes.map((index) => outcomeOf(context, items[index], index));
			const counted = await circuits.report({ key, outcomes, itemIndex: indexes[0] ?? 0 });
			if (!counted) lost += indexes.length;
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, indexes[0] ?? 0);
			for (const index of indexes) errors.set(index, error);
		}
	}
	if (lost > 0) {
		context.addExecutionHints({
			message: `The sidecar did not answer: how ${lost} item(s) fared was not counted.`,
			location: 'outputPane',
			type: 'warning',
		});
	}
	return [
		items.map((item, index) =>
			errors.has(index)
				? errorItem(context, item, index, errors.get(index))
				: sameItem(item, index),
		),
	];
}

function outcomeOf(
	context: IExecuteFunctions,
	item: INodeExecutionData | undefined,
	itemIndex: number,
): Outcome {
	const said = context.getNodeParameter('outcome', itemIndex, 'auto') as string;
	const { slow = false } = context.getNodeParameter('options', itemIndex, {}) as {
		slow?: boolean;
	};
	const error = item && errorFactsOf(item);
	const failed =
		said === 'auto' ? error !== undefined && counts(context, error) : said === 'failure';
	return { failed, slow: slow === true };
}

/** An answer like 404 may mean that the service is well. */
const counts = (context: IExecuteFunctions, error: ErrorFacts): boolean =>
	!ignoredStatuses(context)(error.httpStatus);
