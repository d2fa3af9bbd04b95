import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { N8nInstance } from './n8n-instance';
import { until } from './until';

/** Where n8n notes which nodes have started; after a crash it knows no more than what is there. */
export function eventLogOf({ folder }: N8nInstance): string {
	return path.join(folder, '.n8n', 'n8nEventLog.log');
}

/** Until n8n has noted that all executions that run now, of one workflow or all, came to `node`. */
export async function notedInEventLog(
	n8n: N8nInstance,
	node: string,
	workflowId?: string,
): Promise<void> {
	const query = new URLSearchParams({ status: 'running', ...(workflowId && { workflowId }) });
	const { body } = await n8n.api<{ data: Array<{ id: string }> }>(`/executions?${query}`);
	await until(`n8n to note that ${node} has started`, () => {
		const started = readFileSync(eventLogOf(n8n), 'utf8')
			.split('\n')
			.filter((line) => line.includes('n8n.node.started') && line.includes(`"${node}"`));
		return (
			body.data.every(({ id }) => started.some((line) => line.includes(`"${id}"`))) || undefined
		);
	});
}
