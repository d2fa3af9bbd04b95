import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

/** A field of the node as a whole. Throws NodeOperationError when it is no number from `least` on. */
export function numberField(
	context: IExecuteFunctions,
	label: string,
	value: unknown,
	least: number,
): number {
	if (typeof value === 'number' && value >= least) return value;
	throw new NodeOperationError(
		context.getNode(),
		`Expected ${label} to be a number from ${least} on, but got ${JSON.stringify(value)}`,
		{ description: 'An expression in this field may have given nothing.' },
	);
}
