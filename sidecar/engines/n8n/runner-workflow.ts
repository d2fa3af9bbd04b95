import { canonicalJson } from '../../kernel/canonical-json';
import type { WorkflowContent, WorkflowGraph, WorkflowNode } from '../port/workflow';

/** Also how people, and we, recognise it. */
export const runnerName = 'Orchestration runner (managed, do not edit)';
export const runnerKeyHeader = 'X-Orchestration-Key';
/** Carries the id of the runner's own execution back. */
export const runnerExecutionHeader = 'x-orchestration-execution';

/** Names of its nodes; the run data of its executions is read by them. */
export const runnerNodes = {
	webhook: 'Request',
	items: 'Items',
	run: 'Run',
	succeeded: 'Succeeded',
	failed: 'Failed',
} as const;

export interface RunnerKeys {
	/** Path of its production webhook. */
	path: string;
	credentialId: string;
}

const outgoing = (...outputs: string[]): WorkflowContent['connections'][string] => ({
	main: outputs.map((node) => [{ node, type: 'main', index: 0 }]),
});

/**
 * The workflow that runs any other one from its JSON: public n8n has no such endpoint.
 * Takes `{workflow, items}`; answers `{ok: true, items}` or `{ok: false, error}`.
 */
export function runnerWorkflow({ path, credentialId }: RunnerKeys): WorkflowContent {
	return {
		name: runnerName,
		nodes: [
			{
				id: 'request',
				name: runnerNodes.webhook,
				type: 'n8n-nodes-base.webhook',
				typeVersion: 2,
				position: [0, 0],
				parameters: {
					httpMethod: 'POST',
					path,
					authentication: 'headerAuth',
					responseMode: 'responseNode',
					options: {},
				},
				credentials: { httpHeaderAuth: { id: credentialId, name: runnerName } },
			},
			{
				id: 'items',
				name: runnerNodes.items,
				type: 'n8n-nodes-base.code',
				typeVersion: 2,
				position: [220, 0],
				parameters: { jsCode: 'return $input.first().json.body.items;' },
			},
			{
				id: 'run',
				name: runnerNodes.run,
				type: 'n8n-nodes-base.executeWorkflow',
				typeVersion: 1.3,
				position: [440, 0],
				parameters: {
					source: 'parameter',
					workflowJson: `={{ JSON.stringify($('${runnerNodes.webhook}').first().json.body.workflow) }}`,
					mode: 'once',
					options: { waitForSubWorkflow: true },
				},
				onError: 'continueErrorOutput',
			},
			respond('succeeded', [660, -100], 200, itemsExpression),
			respond('failed', [660, 100], 502, '{ ok: false, error: $json.error }'),
		],
		connections: {
			[runnerNodes.webhook]: outgoing(runnerNodes.items),
			[runnerNodes.items]: outgoing(runnerNodes.run),
			[runnerNodes.run]: outgoing(runnerNodes.succeeded, runnerNodes.failed),
		},
		settings: {
			executionOrder: 'v1',
			callerPolicy: 'none',
			// A run whose answer was lost is found again by its saved execution.
			saveDataSuccessExecution: 'all',
			saveDataErrorExecution: 'all',
		},
	};
}

const itemsExpression =
	`{ ok: true, items: $('${runnerNodes.run}').all()` +
	'.map((item) => (item.binary ? { json: item.json, binary: item.binary } : { json: item.json })) }';

function respond(
	role: 'succeeded' | 'failed',
	position: [number, number],
	responseCode: number,
	answer: string,
): WorkflowNode {
	return {
		id: role,
		name: runnerNodes[role],
		type: 'n8n-nodes-base.respondToWebhook',
		typeVersion: 1.1,
		position,
		parameters: {
			respondWith: 'json',
			responseBody: `={{ JSON.stringify(${answer}) }}`,
			options: {
				responseCode,
				responseHeaders: {
					entries: [{ name: runnerExecutionHeader, value: '={{ $execution.id }}' }],
				},
			},
		},
	};
}

/** Whether a graph still does what we installed. Positions and ids do not matter. */
export function isRunnerGraph(graph: WorkflowGraph, keys: RunnerKeys): boolean {
	return canonicalJson(essence(graph)) === canonicalJson(essence(runnerWorkflow(keys)));
}

function essence({ nodes, connections }: WorkflowGraph): unknown {
	return {
		connections,
		nodes: nodes
			.map(({ name, type, typeVersion, parameters, onError, disabled, credentials }) => ({
				name,
				type,
				typeVersion,
				parameters,
				onError: onError ?? null,
				disabled: disabled === true,
				credential: credentials?.['httpHeaderAuth']?.id ?? null,
			}))
			.sort((a, b) => (a.name < b.name ? -1 : 1)),
	};
}
