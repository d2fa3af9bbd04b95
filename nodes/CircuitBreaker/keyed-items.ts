import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { located } from '../shared/located';
import { asNodeError } from '../shared/node-error';
import { groupIndexes } from '../shared/item-groups';

export interface KeyedItems {
	/** Indexes of the items by circuit, in order. */
	groups: Map<string, number[]>;
	/** Items whose key is no key, for a node that goes on. */
	errors: Map<number, unknown>;
}

/** Throws NodeOperationError when an item has no key and the node does not go on. */
export function itemsByCircuit(context: IExecuteFunctions, count: number): KeyedItems {
	const errors = new Map<number, unknown>();
	const groups = groupIndexes(count, (index) => {
		try {
			return circuitOf(context, index);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			errors.set(index, error);
			return '';
		}
	});
	groups.delete('');
	return { groups, errors };
}

function circuitOf(context: IExecuteFunctions, itemIndex: number): string {
	const text = located(context.getNodeParameter('circuit', itemIndex, ''));
	if (text !== '') return text;
	throw new NodeOperationError(context.getNode(), 'Expected a name of a circuit, but got none', {
		itemIndex,
		description: 'Fill in Circuit, or check the expression there: it gave nothing for this item.',
	});
}
