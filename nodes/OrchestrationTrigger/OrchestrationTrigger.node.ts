import type {
	IHookFunctions,
	INodeType,
	INodeTypeDescription,
	IWebhookFunctions,
	IWebhookResponseData,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { sidecarCredentials } from '../shared/sidecar-credentials';
import { triggerProperties } from './description';
import { searchEndpoints } from './list-search';
import { receive } from './receive';
import { endSubscription, isSubscribed, subscribe } from './registration';

export class OrchestrationTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Orchestration Trigger',
		name: 'orchestrationTrigger',
		icon: {
			light: 'file:orchestration-trigger.svg',
			dark: 'file:orchestration-trigger.dark.svg',
		},
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{ $parameter["source"] === "endpoint" ? $parameter["endpoint"]["value"] + ": " + $parameter["eventTypes"] : $parameter["events"].join(", ") }}',
		description:
			'Starts the workflow on a dead letter, a circuit, a promotion, drift, an alert or a webhook event',
		defaults: { name: 'Orchestration Trigger' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/orchestration-trigger.md',
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: sidecarCredentials,
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: '={{ JSON.stringify({ executionId: $execution.id }) }}',
				path: 'orchestration',
			},
		],
		properties: triggerProperties,
	};

	methods = { listSearch: { searchEndpoints } };

	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return await isSubscribed(this);
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await subscribe(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return await endSubscription(this);
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await receive(this);
	}
}
