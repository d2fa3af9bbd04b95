import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { outputsByOperation } from '../shared/output-labels';
import { sidecarCredentialsWhen } from '../shared/sidecar-credentials';
import { retryProperties } from './description';
import { backOff } from './operations/back-off';
import { runEach } from './operations/run-sub-workflow';

const operations = { backOff, runSubWorkflow: runEach };

export class Retry implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Retry',
		name: 'retry',
		icon: { light: 'file:retry.svg', dark: 'file:retry.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ backOff: "Back off", runSubWorkflow: "Run" })[$parameter["operation"]] + ": " + $parameter["maxAttempts"] + " attempts" }}',
		description: 'Try what failed again, after a growing delay, and give up in order',
		defaults: { name: 'Retry' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/retry.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation({
			backOff: ['Retry', 'Gave Up'],
			runSubWorkflow: ['Succeeded', 'Gave Up'],
		}),
		credentials: sidecarCredentialsWhen({ whenGivingUp: ['deadLetter'] }),
		properties: retryProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof operations;
		return await operations[operation](this);
	}
}
