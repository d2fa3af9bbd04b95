import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { sidecarCredentials } from '../shared/sidecar-credentials';
import { deadLetterProperties } from './description';
import { enqueue } from './operations/enqueue';
import { handOver } from './operations/hand-over';

export class DeadLetter implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Dead Letter',
		name: 'deadLetter',
		icon: { light: 'file:dead-letter.svg', dark: 'file:dead-letter.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle:
			'={{ $parameter["options"]["severity"] ? "Enqueue: " + $parameter["options"]["severity"] : "Enqueue" }}',
		description: 'Keep what failed for good, with its payload, to look at and replay later',
		defaults: { name: 'Dead Letter' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/dead-letter.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: `={{ $parameter["handOver"] === true ? ["main", "main"] : ["main"] }}`,
		credentials: sidecarCredentials,
		properties: deadLetterProperties,
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('handOver', 0, false) === true) return await handOver(this);
		return [await enqueue(this)];
	}
}
