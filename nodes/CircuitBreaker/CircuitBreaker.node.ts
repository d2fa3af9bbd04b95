import type {
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { outputsByOperation } from '../shared/output-labels';
import { sidecarCredentialsWhen } from '../shared/sidecar-credentials';
import { circuitBreakerProperties } from './description';
import { searchCircuits } from './list-search';
import { guard } from './operations/guard';
import { report } from './operations/report';
import { runGuarded } from './operations/run-sub-workflow';

const operations = { guard, report, runSubWorkflow: runGuarded };

export class CircuitBreaker implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Circuit Breaker',
		name: 'circuitBreaker',
		icon: { light: 'file:circuit-breaker.svg', dark: 'file:circuit-breaker.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle:
			'={{ ({ guard: "Guard", report: "Report", runSubWorkflow: "Run" })[$parameter["operation"]] + ": " + $parameter["circuit"]["value"] }}',
		description: 'Stop calling a service that keeps failing, and try again when it may be back',
		defaults: { name: 'Circuit Breaker' },
		documentationUrl:
			'https://github.com/n8n-orchestration/n8n-nodes-orchestration/blob/main/docs/nodes/circuit-breaker.md',
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsByOperation({
			guard: ['Allowed', 'Rejected'],
			report: ['Items'],
			runSubWorkflow: ['Succeeded', 'Failed', 'Rejected'],
		}),
		credentials: sidecarCredentialsWhen({ scope: ['fleet'] }),
		properties: circuitBreakerProperties,
	};

	methods = { listSearch: { searchCircuits } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const operation = this.getNodeParameter('operation', 0) as keyof typeof operations;
		return await operations[operation](this);
	}
}
