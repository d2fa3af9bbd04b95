import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { located } from '../located';

/** The workflow chosen in the field `workflowId`. Throws when an expression gave nothing. */
export function chosenWorkflow(context: IExecuteFunctions, itemIndex: number): string {
	const chosen = located(context.getNodeParameter('workflowId', itemIndex, ''));
	if (chosen !== '') return chosen;
	throw new NodeOperationError(context.getNode(), 'Expected a workflow to run, but got none', {
		itemIndex,
		description: 'Choose it in the field Workflow, or check the expression there.',
	});
}
