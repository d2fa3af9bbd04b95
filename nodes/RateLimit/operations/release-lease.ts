import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { errorItem, sameItem } from '../../shared/error-item';
import { asNodeError } from '../../shared/node-error';
import { connectSidecar } from '../../shared/sidecar-client';
import { heldLeases } from '../held-leases';
import { groupsOf } from '../keys';
import { releaseLeases } from '../release';

/** The items as they came, once the leases this execution holds under their keys are given back. */
export async function releaseLease(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[]];
	const errors = new Map<number, unknown>();
	for (const { key, indexes } of groupsOf(context, items.length, errors)) {
		const held = heldLeases(context).of(key);
		try {
			if (held.length === 0) continue;
			await releaseLeases(context, await connectSidecar(context), key, held, indexes[0] ?? 0);
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, indexes[0] ?? 0);
			for (const index of indexes) errors.set(index, error);
		}
	}
	return [
		items.map((item, index) =>
			errors.has(index)
				? errorItem(context, item, index, errors.get(index))
				: sameItem(item, index),
		),
	];
}
