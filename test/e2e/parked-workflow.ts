import type { N8nConnection } from '../support/n8n/n8n-connection';
import { callWebhook, createWorkflow, executionOf, publish } from '../support/n8n/workflow-runs';
import { codeNode, node, webhookWorkflow } from '../support/n8n/workflows';
import { until } from '../support/n8n/until';

/** An execution that waits at a stock Wait node, with the secret that ends the wait. */
export interface WaitingExecution {
	executionId: string;
	resumeToken: string;
}

/**
 * Webhook → Work (makes `items` items) → Gate (stock Wait, on webhook call, at the path of our nodes) →
 * After, which keeps what came with the call.
 */
export async function goLiveWaiting(
	n8n: N8nConnection,
	path: string,
	items = 1,
	afterwards = 'return [{ json: { told: $json.body, at: Date.now() } }];',
): Promise<string> {
	const gate = node(
		'Gate',
		'n8n-nodes-base.wait',
		1.1,
		{
			resume: 'webhook',
			httpMethod: 'POST',
			responseMode: 'onReceived',
			options: { webhookSuffix: 'orchestration' },
		},
		{ webhookId: `${path}-gate` },
	);
	const body = webhookWorkflow({
		name: `Parked ${path}`,
		path,
		code: `return Array.from({ length: ${items} }, (_, nth) => ({ json: { nth } }));`,
		then: [gate, codeNode('After', afterwards)],
	});
	const { id } = await createWorkflow(n8n, body);
	await publish(n8n, id);
	return id;
}

/** Starts so many and waits until all of them wait. */
export async function startWaiting(
	n8n: N8nConnection,
	workflowId: string,
	path: string,
	count = 1,
): Promise<WaitingExecution[]> {
	for (let nth = 0; nth < count; nth += 1) await callWebhook(n8n, path, { nth });
	const ids = await until(
		`${count} executions to wait`,
		async () => {
			const { body } = await n8n.api<{ data: Array<{ id: string }> }>(
				`/executions?workflowId=${workflowId}&status=waiting&limit=250`,
			);
			return body.data.length >= count ? body.data.map(({ id }) => id) : undefined;
		},
		{ deadlineMs: 60_000 },
	);
	return await Promise.all(ids.map(async (id) => await waitingOf(n8n, id)));
}

export async function waitingOf(n8n: N8nConnection, id: string): Promise<WaitingExecution> {
	const { data } = await executionOf(n8n, id);
	const token = data?.['resumeToken'];
	if (typeof token !== 'string') throw new Error(`execution ${id} has no resume token`);
	return { executionId: id, resumeToken: token };
}

/** What the node after the gate was told; undefined while the execution has not ended. */
export async function toldTo(n8n: N8nConnection, id: string) {
	const { status, data } = await executionOf(n8n, id);
	if (status === 'error' || status === 'crashed') throw new Error(`execution ${id}: ${status}`);
	if (status !== 'success') return undefined;
	const { resultData } = data as unknown as {
		resultData: {
			runData: Record<
				string,
				Array<{ data: { main: Array<Array<{ json: { told: unknown; at: number } }>> } }>
			>;
		};
	};
	const runs = resultData.runData['After'] ?? [];
	const [first] = runs[0]?.data.main[0] ?? [];
	return { runs: runs.length, told: first?.json.told, at: first?.json.at ?? 0 };
}
