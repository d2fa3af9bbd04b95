import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { errorItem } from '../shared/error-item';
import { jsonItem } from '../shared/json-item';
import { asNodeError } from '../shared/node-error';
import { isSidecarAway } from '../shared/sidecar-away';
import { connectSidecar, type Sidecar } from '../shared/sidecar-client';
import { cancellation } from '../shared/waiting';
import { resources } from './resources';

/** Runs the chosen operation for every input item, one after the other. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const results: INodeExecutionData[] = [];
	let sidecar: Sidecar | undefined;
	const run = async (itemIndex: number): Promise<INodeExecutionData[]> => {
		sidecar ??= await connectSidecar(context);
		return await operate(context, sidecar, itemIndex);
	};
	let away: unknown;
	const items = context.getInputData();
	for (const itemIndex of items.keys()) {
		// Going on is for errors; a cancelled execution is over.
		if (context.getExecutionCancelSignal()?.aborted) throw cancellation(context, itemIndex);
		try {
			// Nobody there for one item: do not keep the workflow waiting for each of the others.
			if (away !== undefined) throw away;
			results.push(...(await run(itemIndex)));
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, itemIndex);
			if (error instanceof NodeOperationError && isSidecarAway(error)) away = error;
			results.push(errorItem(context, items[itemIndex] ?? { json: {} }, itemIndex, error));
		}
	}
	return results;
}

async function operate(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	itemIndex: number,
): Promise<INodeExecutionData[]> {
	const resource = context.getNodeParameter('resource', itemIndex) as string;
	const name = context.getNodeParameter('operation', itemIndex) as string;
	const operation = resources[resource]?.operations[name];
	if (!operation) {
		throw new NodeOperationError(
			context.getNode(),
			`Expected a known resource and operation, got "${resource}" and "${name}"`,
			{ description: 'Choose both again in the node.', itemIndex },
		);
	}
	const result = await operation.execute({ context, sidecar, itemIndex });
	return [result].flat().map((each) => jsonItem(each, itemIndex));
}
