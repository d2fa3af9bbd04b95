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
import { sidecarCredentials } from '../shared/sidecar-credentials';
import { rateLimitProperties } from './description';
import { searchKeys } from './list-search';
import { acquire } from './operations/acquire';
import { acquireLease } from './operations/acquire-lease';
import { feedback } from './operations/feedback';
import { releaseLease } from './operations/release-lease';

const operations = { acquire, acquireLease, feedback, releaseLease };

// eslint-disable-next-line @n8n/community-nodes/webhook-lifecycle-complete -- n8n itself keeps a webhook that resumes
export class RateLimit implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Rate Limit',
		name: 'rateLimit',
		icon: { light: 'file:rate-limit.svg', dark: 'file:rate-limit.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ acquire: $parameter["limit"] + " per " + $parameter["intervalSeconds"] + " s", acquireLease: $parameter["concurrent"] + " at once", feedback: "Feedback", releaseLease: "Release" })[$parameter["operation"]] + ": " + ($parameter["key"]["value"] || $parameter["key"]) }}',
		description: 'Keep an agreed pace, or so many at once, over all workers',
		defaults: { name: 'Rate Limit' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/rate-limit.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation({
			acquire: ['Acquired', 'Refused'],
			acquireLease: ['Acquired', 'Refused'],
			feedback: ['Items'],
			releaseLease: ['Items'],
		}),
		credentials: sidecarCredentials,
		webhooks: [resumeWebhook],
		properties: rateLimitProperties,
	};

	methods = { listSearch: { searchKeys } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof operations;
		return await operations[operation](this);
	}

	/** How a parked execution is resumed. */
	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await resumeParked(this);
	}
}
