import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { jsonItem } from '../shared/json-item';
import { connectSidecar, type Sidecar } from '../shared/sidecar-client';
import { reportOf } from '../shared/sidecar-error';
import { resources } from './resources';

/** Runs the chosen operation for every input item, one after the other. */
export async function route(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const results: INodeExecutionData[] = [];
	let sidecar: Sidecar | undefined;
	const run = async (itemIndex: number): Promise<INodeExecutionData[]> => {
		sidecar ??= await connectSidecar(context);
		return await operate(context, sidecar, itemIndex);
	};
	for (const itemIndex of context.getInputData().keys()) {
		if (!context.continueOnFail()) {
			results.push(...(await run(itemIndex)));
			continue;
		}
		try {
			results.push(...(await run(itemIndex)));
		} catch (error) {
			results.push(jsonItem({ error: reportOf(error) }, itemIndex));
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
