import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { Execution } from '../../../sidecar/contract/executions';
import type { Page } from '../../../sidecar/contract/problem';
import { startSupplier, type Supplier } from '../dead-letters/supplier';
import type { N8nConnection } from '../n8n/n8n-connection';
import { sharedN8n } from '../n8n/shared-n8n';
import { createWorkflow, publish } from '../n8n/workflow-runs';
import { chain, codeNode, node } from '../n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database';
import { operatorOf } from '../sidecar/operator';
import { type SidecarProcess, startSidecar } from '../sidecar/sidecar-process';
import { type OrchestrationWorkerProcess, startOrchestrationWorker } from './orchestration-worker';
import { startTemporal, type TemporalServer } from './temporal-server';

/** n8n, Temporal, a sidecar that knows both as `dev` and `flows`, a worker, and a workflow to run. */
export interface OrchestrationScene {
	n8n: N8nConnection;
	temporal: TemporalServer;
	client: Client;
	database: FreshDatabase;
	sidecar: SidecarProcess;
	worker: OrchestrationWorkerProcess;
	/** Called by each child at `/<run>/<n>`, which is how often it did its work. */
	supplier: Supplier;
	/** Calls the supplier, fails when it does, and gives `{n, squared}`. */
	child: string;
	/** Starts a shipped workflow with a client of Temporal's own. */
	start(
		type: 'orchestration.run' | 'orchestration.fanOut',
		given: Record<string, unknown>,
	): Promise<WorkflowHandle>;
	/** Puts a circuit, a rate limit, an environment. */
	put(path: string, body: Record<string, unknown>): Promise<void>;
	/** Everything the ledger has of an orchestration. */
	ledgerOf(handle: WorkflowHandle): Promise<Execution[]>;
	stop(): Promise<void>;
}

export const taskQueue = 'n8n-orchestration';

/** Inputs of so many children of one run, numbered from 0. */
export const childrenOf = (run: string, count: number) =>
	Array.from({ length: count }, (_, n) => ({ items: [{ json: { run, n } }] }));

export async function startOrchestrationScene(
	given: { n8n?: N8nConnection; workerEnv?: Record<string, string> } = {},
): Promise<OrchestrationScene> {
	const [n8n, temporal, database, supplier] = await Promise.all([
		given.n8n ?? sharedN8n('dev'),
		startTemporal(),
		freshDatabase(),
		startSupplier(),
	]);
	const client = await temporal.client();
	const databaseUrl = database.connectionString;
	const sidecar = await startSidecar({ databaseUrl });
	const operator = operatorOf(sidecar);
	await operator.register('dev', n8n, { deadLetters: { autoReplay: false, follow: false } });
	const put = async (path: string, body: Record<string, unknown>) => {
		const answer = await sidecar.api(path, { method: 'PUT', body });
		if (!answer.ok) throw new Error(`PUT ${path} answered ${JSON.stringify(answer.body)}`);
	};
	await put('/environments/flows', temporalEnvironment(temporal));
	const { dataDir } = sidecar;
	const worker = await startOrchestrationWorker({ databaseUrl, dataDir, env: given.workerEnv });
	const child = await publishedChild(n8n, supplier);
	return {
		...{ n8n, temporal, client, database, sidecar, worker, supplier, child, put },
		start: async (type, body) =>
			await client.workflow.start(type, {
				taskQueue,
				workflowId: `${type}-${randomUUID()}`,
				args: [{ environment: 'dev', workflow: child, ...body }],
			}),
		ledgerOf: async (handle) => {
			const { firstExecutionRunId } = handle as { firstExecutionRunId?: string };
			const found: Execution[] = [];
			for (let cursor: string | null = ''; cursor !== null;) {
				const at: string = `/executions?limit=200&group=temporal/${firstExecutionRunId ?? ''}${cursor && `&cursor=${cursor}`}`;
				const { body } = await sidecar.api<Page<Execution>>(at);
				found.push(...body.data);
				cursor = body.nextCursor;
			}
			return found;
		},
		stop: async () => {
			await worker.stop();
			await sidecar.stop();
			await client.connection.close();
			await temporal.stop();
			supplier.stop();
			await database.drop();
		},
	};
}

export const temporalEnvironment = ({ address }: Pick<TemporalServer, 'address'>) => ({
	engine: 'temporal',
	baseUrl: `http://${address}`,
	stage: 'dev',
});

async function publishedChild(n8n: N8nConnection, supplier: Supplier): Promise<string> {
	const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		inputSource: 'passthrough',
	});
	const call = node('Call', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `={{ '${supplier.at('/')}' + $json.run + '/' + $json.n }}`,
		options: { response: { response: { responseFormat: 'text' } } },
	});
	const result = codeNode(
		'Result',
		`const { n } = $('Start').first().json; return [{ json: { n, squared: n * n } }];`,
	);
	const body = chain(`Orchestrated ${randomUUID()}`, [start, call, result]);
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return id;
}
