import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { asNodeError } from '../../shared/node-error';
import type { CircuitPolicy } from '../../../sidecar/contract/circuits';
import { errorItem, sameItem } from '../../shared/error-item';
import { awayHints, stateWriter } from '../circuit-state';
import { circuitsOf, type Permission } from '../circuits';
import { itemsByCircuit } from '../keyed-items';
import { circuitPolicyOf } from '../policy';

/** Allowed, Rejected. One question for each circuit, whatever the number of items. */
export async function guard(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const items = context.getInputData();
	if (items.length === 0) return [[], []];
	const circuits = circuitsOf(context);
	let policy: CircuitPolicy | undefined;
	const { groups, errors } = itemsByCircuit(context, items.length);
	const decisions = new Map<number, { circuit: string; permission: Permission; goes: boolean }>();
	for (const [circuit, indexes] of groups) {
		const itemIndex = indexes[0] ?? 0;
		try {
			policy ??= circuitPolicyOf(context);
			const asked = { key: circuit, count: indexes.length, policy, itemIndex };
			const permission = await circuits.permits(asked);
			indexes.forEach((index, place) => {
				decisions.set(index, { circuit, permission, goes: place < permission.granted });
			});
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, itemIndex);
			for (const index of indexes) errors.set(index, error);
		}
	}

	const withState = stateWriter(context);
	const allowed: INodeExecutionData[] = [];
	const rejected: INodeExecutionData[] = [];
	items.forEach((item, index) => {
		const decision = decisions.get(index);
		if (!decision) {
			// Not guarded, so not allowed; with an error output n8n moves it there.
			rejected.push(errorItem(context, item, index, errors.get(index)));
			return;
		}
		const { circuit, permission, goes } = decision;
		const told = goes ? { ...permission, retryAt: null } : permission;
		const json = withState(item.json, circuit, told);
		(goes ? allowed : rejected).push(sameItem(item, index, json));
	});
	const deciders = [...decisions.values()].map(({ permission }) => permission.decidedBy);
	context.addExecutionHints(
		...awayHints(context.getNodeParameter('scope', 0, 'process') as string, deciders),
	);
	return [allowed, rejected];
}
