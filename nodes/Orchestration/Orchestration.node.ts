import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { sidecarCredentials } from '../shared/sidecar-credentials';
import { searchCircuits, searchRateLimits } from '../shared/key-search';
import {
	searchDeadLetters,
	searchEnvironments,
	searchWorkflowKeys,
	searchWorkflows,
} from './list-search';
import { orchestrationProperties } from './properties';
import { route } from './router';

export class Orchestration implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Orchestration',
		name: 'orchestration',
		icon: { light: 'file:orchestration.svg', dark: 'file:orchestration.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Version workflows, promote them between environments, replay dead letters',
		defaults: { name: 'Orchestration' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/orchestration.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: sidecarCredentials,
		properties: orchestrationProperties,
	};

	methods = {
		listSearch: {
			searchCircuits,
			searchDeadLetters,
			searchEnvironments,
			searchRateLimits,
			searchWorkflowKeys,
			searchWorkflows,
		},
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return [await route(this)];
	}
}
