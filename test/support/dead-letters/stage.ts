import type {
	DeadLetter,
	DeadLetterDetail,
	DeadLetterInput,
} from '../../../sidecar/contract/dead-letters';
import type { Problem } from '../../../sidecar/contract/problem';
import type { N8nConnection } from '../n8n/n8n-connection';
import type { Answer } from '../n8n/n8n-requests';
import { until } from '../n8n/until';
import { callWebhook, createWorkflow, publish, waitForExecution } from '../n8n/workflow-runs';
import { node, webhookWorkflow, type NodeBody, type WorkflowBody } from '../n8n/workflows';
import { freshDatabase, type FreshDatabase } from '../postgres/fresh-database';
import { operatorOf, type Operator } from '../sidecar/operator';
import { startSidecar, type SidecarProcess } from '../sidecar/sidecar-process';
import { startSupplier, type Supplier } from './supplier';

/** A built sidecar on a database of its own, and a service that workflows call. */
export interface LetterStage {
	sidecar: SidecarProcess;
	operator: Operator;
	database: FreshDatabase;
	supplier: Supplier;
	/** Keeps a letter as a node or a script would; a problem is an answer, too. */
	report(letter: Partial<DeadLetterInput>): Promise<Answer<DeadLetter & Problem>>;
	/** Asks for a replay; a refusal is an answer, too. */
	askReplay(id: string, body?: unknown): Promise<Answer<DeadLetter & Problem>>;
	/** Waits for the first look at so many environments, which only notes where they are. Default 1. */
	followed(environments?: number): Promise<void>;
	/** How many letters a workflow has, in any environment. */
	lettersOf(workflowId: string): Promise<number>;
	stop(): Promise<void>;
}

/** @param env of the sidecar, beside what tests give every one */
export async function letterStage(env: Record<string, string> = {}): Promise<LetterStage> {
	const [database, supplier] = [await freshDatabase(), await startSupplier()];
	const sidecar = await startSidecar({ databaseUrl: database.connectionString, env }).catch(
		(error: unknown) => {
			// Else the process would never end.
			supplier.stop();
			throw error;
		},
	);
	const operator = operatorOf(sidecar);
	return {
		sidecar,
		operator,
		database,
		supplier,
		report: async (letter) =>
			await sidecar.api('/dead-letters', {
				body: { environment: 'production', origin: 'api', error: { message: 'no' }, ...letter },
			}),
		askReplay: async (id, body = {}) => await sidecar.api(`/dead-letters/${id}/replay`, { body }),
		followed: async (environments = 1) => {
			await until('the first look', async () => {
				const { rows } = await database.pool.query('select from follow_positions');
				return rows.length >= environments || undefined;
			});
		},
		lettersOf: async (workflowId) => (await operator.letters(`workflowId=${workflowId}`)).length,
		stop: async () => {
			supplier.stop();
			await sidecar.stop();
			await database.drop();
		},
	};
}

/** A webhook gives it as the body, the trigger of a sub-workflow as it is. */
export function sentIn({ trigger }: DeadLetterDetail): unknown {
	const json = trigger?.items[0]?.json;
	return json?.['body'] ?? json;
}

/** Nothing is replayed unasked: other tests use the same n8n. */
export const byHandOnly = { deadLetters: { autoReplay: false } };

export function callTo(url: string, name = 'Call'): NodeBody {
	return node(name, 'n8n-nodes-base.httpRequest', 4.2, { method: 'POST', url, options: {} });
}

/** POST webhook → Work → calls of the given addresses. */
export function callingOut(path: string, ...urls: string[]): WorkflowBody {
	const then = urls.map((url, at) => callTo(url, `Call ${at + 1}`));
	return webhookWorkflow({ name: `Letters ${path}`, path, then });
}

export async function goLive(n8n: N8nConnection, body: WorkflowBody): Promise<string> {
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return id;
}

/** Calls the webhook and waits until n8n says that this run has failed. */
export async function failOnce(
	n8n: N8nConnection,
	workflowId: string,
	path: string,
	payload: unknown,
	except: string[] = [],
): Promise<string> {
	await callWebhook(n8n, path, payload);
	return (await waitForExecution(n8n, { workflowId, status: 'error', except })).id;
}
