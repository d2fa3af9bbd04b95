import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

/**
 * Leaves the slot until that time, or until somebody resumes the execution. Then `outputs` leave,
 * each by its own; what the node returns is thrown away.
 */
export async function suspend(
	context: IExecuteFunctions,
	until: Date,
	outputs: INodeExecutionData[][],
): Promise<void> {
	const entry = context.getExecuteData();
	// After the wait n8n passes the node's input on; the node before must keep its own record of it.
	entry.data = { main: outputs };
	// Or it would pass on the first only.
	entry.metadata = { ...entry.metadata, forwardAllOutputs: true };
	await context.putExecutionToWait(until);
}
