import type {
	IConnections,
	ICredentialsHelper,
	IDataObject,
	IHttpRequestOptions,
	INode,
	INodeExecutionData,
	INodeType,
	INodeTypes,
	IRun,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
} from 'n8n-workflow';

import { CircuitBreaker } from '../../../nodes/CircuitBreaker/CircuitBreaker.node';
import { DeadLetter } from '../../../nodes/DeadLetter/DeadLetter.node';
import { FanOut } from '../../../nodes/FanOut/FanOut.node';
import { Orchestration } from '../../../nodes/Orchestration/Orchestration.node';
import { RateLimit } from '../../../nodes/RateLimit/RateLimit.node';
import { Retry } from '../../../nodes/Retry/Retry.node';
import type { N8nInProcess } from '../../support/n8n-core';
import { stockNodes } from './stock-nodes';

export const EXECUTION_ID = '4711';
export const TOKEN = 'a-token-for-tests';

const nodeTypes: Record<string, INodeType> = {
	...stockNodes,
	'pack.circuitBreaker': new CircuitBreaker(),
	'pack.deadLetter': new DeadLetter(),
	'pack.fanOut': new FanOut(),
	'pack.orchestration': new Orchestration(),
	'pack.rateLimit': new RateLimit(),
	'pack.retry': new Retry(),
};

const registry: INodeTypes = {
	getByName: (type) => nodeTypes[type] as INodeType,
	getByNameAndVersion: (type) => nodeTypes[type] as INodeType,
	getKnownTypes: () => ({}),
};

export interface Chain {
	/** From the trigger on; each is connected to the next by the output named in `output`. */
	nodes: Array<Partial<INode> & { name: string; type: string; output?: number }>;
	/** More wires from one node to another, by default from its first output. */
	wires?: Array<[from: string, to: string, output?: number]>;
	/** What the trigger gives out. */
	items: INodeExecutionData[];
	baseUrl: string;
	/** Replaces what n8n would do around the run: sub-workflows, hooks, where it waits. */
	around?: Partial<IWorkflowExecuteAdditionalData>;
	/** Cancels the run when it fires. */
	cancel?: AbortSignal;
}

export interface Outcome {
	run: IRun;
	/** What left that node over all its runs. */
	all(node: string, output?: number): INodeExecutionData[];
	/** Items leaving that node, by default on its first output. */
	items(node: string, output?: number): INodeExecutionData[];
	json(node: string, output?: number): IDataObject[];
	hints(node: string): NodeExecutionHint[];
}

export function additionalDataFor(
	n8n: N8nInProcess,
	baseUrl: string,
): IWorkflowExecuteAdditionalData {
	const credentialsHelper = {
		isCredentialUsableByNode: () => true,
		getParentTypes: () => [],
		getDecrypted: async () => ({ baseUrl, token: TOKEN }),
		preAuthentication: async () => undefined,
		authenticate: async (_data: object, _type: string, options: IHttpRequestOptions) => ({
			...options,
			headers: { ...options.headers, authorization: `Bearer ${TOKEN}` },
		}),
	};
	return {
		hooks: new n8n.core.ExecutionLifecycleHooks('trigger', EXECUTION_ID, {}),
		executionId: EXECUTION_ID,
		currentNodeExecutionIndex: 0,
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		credentialsHelper: credentialsHelper as unknown as ICredentialsHelper,
		setExecutionStatus: () => undefined,
	} as unknown as IWorkflowExecuteAdditionalData;
}

export function workflowOf(n8n: N8nInProcess, chain: Pick<Chain, 'nodes' | 'wires'>) {
	const connections: IConnections = {};
	const nodes = chain.nodes.map(({ output: _output, ...node }, index): INode => ({
		id: `id-of-${node.name}`,
		typeVersion: 1,
		position: [index * 200, 0],
		parameters: {},
		credentials: { orchestrationApi: { id: 'c1', name: 'Sidecar' } },
		...node,
	}));
	chain.nodes.forEach(({ name, output = 0 }, index) => {
		const next = chain.nodes[index + 1];
		if (!next) return;
		const outputs = Array.from({ length: output + 1 }, (_, each) =>
			each === output ? [{ node: next.name, type: 'main' as const, index: 0 }] : [],
		);
		connections[name] = { main: outputs };
	});
	for (const [from, to, output = 0] of chain.wires ?? []) {
		const outputs = ((connections[from] ??= {})['main'] ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node: to, type: 'main', index: 0 });
	}
	return new n8n.workflow.Workflow({
		id: 'workflow-1',
		name: 'Orders',
		nodes,
		connections,
		active: false,
		nodeTypes: registry,
		settings: { executionOrder: 'v1' },
	});
}

/** Runs a chain of nodes on n8n's own engine in this process. */
export async function runChain(n8n: N8nInProcess, chain: Chain): Promise<Outcome> {
	const workflow = workflowOf(n8n, chain);
	const first = workflow.getNode(chain.nodes[0]?.name ?? '') as INode;
	const runExecutionData = n8n.workflow.createRunExecutionData({
		executionData: {
			contextData: {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
			nodeExecutionStack: [{ node: first, data: { main: [chain.items] }, source: null }],
		},
	});
	const additionalData = { ...additionalDataFor(n8n, chain.baseUrl), ...chain.around };
	const engine = new n8n.core.WorkflowExecute(additionalData, 'trigger', runExecutionData);
	const running = engine.processRunExecutionData(workflow);
	chain.cancel?.addEventListener('abort', () => running.cancel());
	return outcomeOf(await running);
}

/** Goes on with a run that waits, as n8n does when its time has come. */
export async function resumeChain(n8n: N8nInProcess, chain: Chain, run: IRun): Promise<Outcome> {
	const stored = structuredClone(run.data);
	const additionalData = { ...additionalDataFor(n8n, chain.baseUrl), ...chain.around };
	const engine = new n8n.core.WorkflowExecute(additionalData, 'trigger', stored);
	return outcomeOf(await engine.processRunExecutionData(workflowOf(n8n, chain)));
}

function outcomeOf(run: IRun): Outcome {
	const runs = (node: string) => run.data.resultData.runData[node] ?? [];
	const items = (node: string, output = 0) => runs(node).at(-1)?.data?.['main']?.[output] ?? [];
	return {
		run,
		items,
		all: (node, output = 0) => runs(node).flatMap(({ data }) => data?.['main']?.[output] ?? []),
		json: (node, output) => items(node, output).map(({ json }) => json),
		hints: (node) => runs(node).at(-1)?.hints ?? [],
	};
}
