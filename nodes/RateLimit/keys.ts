import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { asNodeError } from '../shared/node-error';
import { located } from '../shared/located';
import { groupIndexes } from '../shared/item-groups';

interface KeyOptions {
	tenant?: string;
	weight?: number;
}

/** Items that are asked for in one call. */
export interface KeyedGroup {
	key: string;
	tenant: string | undefined;
	weight: number;
	indexes: number[];
}

/** By key, tenant and weight. Throws when an item has no key and the node does not go on. */
export function groupsOf(
	context: IExecuteFunctions,
	count: number,
	errors: Map<number, unknown>,
): KeyedGroup[] {
	const groups = groupIndexes(count, (index) => {
		try {
			return JSON.stringify(wantedBy(context, index));
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, index);
			errors.set(index, error);
			return '';
		}
	});
	groups.delete('');
	return [...groups].map(([wanted, indexes]) => {
		const [key, tenant, weight] = JSON.parse(wanted) as [string, string | null, number];
		return { key, tenant: tenant ?? undefined, weight, indexes };
	});
}

function wantedBy(context: IExecuteFunctions, itemIndex: number): unknown[] {
	const key = located(context.getNodeParameter('key', itemIndex, ''));
	const { tenant, weight = 1 } = context.getNodeParameter('options', itemIndex, {}) as KeyOptions;
	const refuse = (expected: string, description: string): never => {
		throw new NodeOperationError(context.getNode(), expected, { itemIndex, description });
	};
	if (key === '') {
		refuse(
			'Expected a key, but got none',
			'Fill in Key, or check the expression there: it gave nothing for this item.',
		);
	}
	if (typeof weight !== 'number' || !(weight > 0)) {
		refuse(
			`Expected Weight to be a number above 0, but got ${JSON.stringify(weight)}`,
			'Check the expression in Options, Weight.',
		);
	}
	return [key, tenant === undefined || tenant === '' ? null : String(tenant), weight];
}
