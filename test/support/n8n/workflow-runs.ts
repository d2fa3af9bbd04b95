import type { N8nConnection } from './n8n-connection';
import { expectOk, request, type Answer } from './n8n-requests';
import { until } from './until';
import type { NodeBody, WorkflowBody } from './workflows';

export interface StoredWorkflow extends WorkflowBody {
	id: string;
	active: boolean;
	versionId: string;
	activeVersionId: string | null;
}

/** The parts of an execution that tests look at; `data` only from `executionOf`. */
export interface StoredExecution {
	id: string;
	workflowId: string;
	status: string;
	mode: string;
	finished: boolean;
	retryOf: string | null;
	startedAt: string;
	stoppedAt: string | null;
	data?: Record<string, unknown>;
	workflowData?: WorkflowBody & { id: string };
}

/** Stores a workflow, not yet published. */
export async function createWorkflow(
	n8n: N8nConnection,
	body: WorkflowBody,
): Promise<StoredWorkflow> {
	return expectOk(
		`store the workflow "${body.name}"`,
		await n8n.api<StoredWorkflow>('/workflows', { body }),
	);
}

/**
 * Publishes the draft, or the version given, and waits until n8n says it is live there and each
 * webhook answers: its reply to the request itself comes before that is true.
 */
export async function publish(
	n8n: N8nConnection,
	workflowId: string,
	versionId?: string,
	deadlineMs = 30_000,
): Promise<StoredWorkflow> {
	const published = expectOk(
		`publish workflow ${workflowId}`,
		await n8n.api<StoredWorkflow>(`/workflows/${workflowId}/activate`, {
			body: versionId === undefined ? {} : { versionId },
		}),
	);
	await until(
		`workflow ${workflowId} to be published`,
		() => publishedStatus(n8n, workflowId, published.activeVersionId),
		{ deadlineMs },
	);
	for (const hook of published.nodes.filter(isWebhook)) {
		await until(`webhook ${String(hook.parameters.path)}`, () => isRegistered(n8n, hook), {
			deadlineMs,
		});
	}
	return published;
}

/** Calls a production webhook. */
export async function callWebhook<T = unknown>(
	n8n: N8nConnection,
	path: string,
	body: unknown,
	headers: Record<string, string> = {},
): Promise<Answer<T>> {
	return await request<T>(`${n8n.baseUrl}/webhook/${path}`, { method: 'POST', body, headers });
}

/** One execution with all its data. */
export async function executionOf(n8n: N8nConnection, id: string): Promise<StoredExecution> {
	return expectOk(
		`show execution ${id}`,
		await n8n.api<StoredExecution>(`/executions/${id}?includeData=true`),
	);
}

/** Waits for the newest execution of a workflow with that status, except the ones named. */
export async function waitForExecution(
	n8n: N8nConnection,
	{ workflowId, status, except = [] }: { workflowId: string; status: string; except?: string[] },
	deadlineMs = 30_000,
): Promise<StoredExecution> {
	return await until(
		`an execution of workflow ${workflowId} with status ${status}`,
		async () => {
			const { data } = expectOk(
				'list executions',
				await n8n.api<{ data: StoredExecution[] }>(
					`/executions?workflowId=${workflowId}&status=${status}`,
				),
			);
			return data.find(({ id }) => !except.includes(id));
		},
		{ deadlineMs, explain: () => `The end of its log:\n${n8n.logTail(20)}` },
	);
}

interface PublicationStatus {
	status: 'not_published' | 'in_progress' | 'published' | 'partial' | 'failed';
	liveVersionId: string | null;
	triggers: { status: string; errorMessage?: string }[];
}

async function publishedStatus(n8n: N8nConnection, workflowId: string, versionId: string | null) {
	const { data } = expectOk(
		`tell whether workflow ${workflowId} is live`,
		await n8n.rest<{ data: PublicationStatus }>(`/workflows/${workflowId}/publication-status`),
	);
	if (data.status === 'partial' || data.status === 'failed') {
		throw new Error(`Workflow ${workflowId} was not published: ${JSON.stringify(data.triggers)}`);
	}
	return (data.status === 'published' && data.liveVersionId === versionId) || undefined;
}

const isWebhook = ({ type, disabled }: NodeBody & { disabled?: boolean }) =>
	type === 'n8n-nodes-base.webhook' && disabled !== true;

/** Asked with a method it does not take, n8n names the one it takes, and nothing is started. */
async function isRegistered(n8n: N8nConnection, hook: NodeBody): Promise<true | undefined> {
	const { httpMethod = 'GET', path } = hook.parameters;
	const method = httpMethod === 'GET' ? 'POST' : 'GET';
	const { body } = await request<{ message?: string }>(`${n8n.baseUrl}/webhook/${String(path)}`, {
		method,
	});
	return body?.message?.includes(`not registered for ${method} requests`) || undefined;
}
