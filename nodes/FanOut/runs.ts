import type { IExecuteFunctions } from 'n8n-workflow';

import { groupIndexes } from '../shared/item-groups';
import { asNodeError } from '../shared/node-error';
import { chosenWorkflow } from '../shared/sub-workflow/chosen-workflow';
import type { Run } from './run-end';

export interface PlannedRuns {
	runs: Run[];
	/** Items that cannot be given to any workflow, and why. */
	errors: Map<number, unknown>;
}

/**
 * Items in batches, each for one workflow, by the first of their items. Throws when an item names no
 * workflow and the node does not go on.
 */
export function plannedRuns(
	context: IExecuteFunctions,
	count: number,
	batchSize: number,
): PlannedRuns {
	const errors = new Map<number, unknown>();
	const groups = groupIndexes(count, (index) => {
		try {
			return chosenWorkflow(context, index);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			errors.set(index, error);
			return '';
		}
	});
	groups.delete('');
	const runs = [...groups].flatMap(([workflowId, indexes]) =>
		batches(indexes, batchSize).map((batch) => ({ workflowId, indexes: batch })),
	);
	return { runs: runs.sort((a, b) => first(a) - first(b)), errors };
}

const first = ({ indexes }: Run): number => indexes[0] ?? 0;

function batches(indexes: number[], size: number): number[][] {
	return Array.from({ length: Math.ceil(indexes.length / size) }, (_, batch) =>
		indexes.slice(batch * size, (batch + 1) * size),
	);
}
