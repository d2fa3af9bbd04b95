import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { resumeParked, resumeWebhook } from '../shared/parking/resume-webhook';
import { sidecarCredentialsWhen } from '../shared/sidecar-credentials';
import { fanOutProperties } from './description';
import { fanOut } from './fan-out';

// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete -- n8n itself keeps a webhook that resumes
export class FanOut implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Fan Out',
		name: 'fanOut',
		icon: { light: 'file:fan-out.svg', dark: 'file:fan-out.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ $parameter["atOnce"] + " at once, " + ({ all: "all must succeed", collect: "collect", first: "first to succeed", quorum: "quorum of " + $parameter["quorum"] })[$parameter["policy"]] }}',
		description: 'Run a workflow for many items, so many at once, and collect the results in order',
		defaults: { name: 'Fan Out' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/fan-out.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Succeeded', 'Failed'],
		credentials: sidecarCredentialsWhen({ mode: ['durable'] }),
		webhooks: [resumeWebhook],
		properties: fanOutProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await fanOut(this);
	}

	/** How an execution whose runs are joined goes on. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeParked(this);
	}
}
