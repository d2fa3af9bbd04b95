import type { IExecuteFunctions } from 'n8n-workflow';

/** How often this node has run before in this execution; 0 outside a loop. */
export function runIndexOf(context: IExecuteFunctions): number {
	return context.getWorkflowDataProxy(0)['$runIndex'] as number;
}
