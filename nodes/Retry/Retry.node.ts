import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { outputsByOperation } from '../shared/output-labels';
import { resumeParked, resumeWebhook } from '../shared/parking/resume-webhook';
import { optionalSidecarCredentials } from '../shared/sidecar-credentials';
import { retryProperties } from './description';
import { backOff } from './operations/back-off';
import { runEach } from './operations/run-sub-workflow';

const operations = { backOff, runSubWorkflow: runEach };

// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete -- n8n itself keeps a webhook that resumes
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
		credentials: optionalSidecarCredentials,
		webhooks: [resumeWebhook],
		properties: retryProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof operations;
		return await operations[operation](this);
	}

	/** How a parked execution is resumed. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeParked(this);
	}
}
