import type { WorkflowConnections, WorkflowContent } from '../../sidecar/engines/port/workflow';

/** The content of a workflow file, unchecked: n8n shall say what is wrong with it. */
export function rawContent(document: WorkflowContent): WorkflowContent {
	const { name, nodes, connections, settings } = document;
	return { name, nodes, connections, settings: settings ?? {} };
}

/** The same without connections to or from nodes that are not there, which n8n refuses. */
export function withoutDanglingConnections(content: WorkflowContent): WorkflowContent {
	const names = new Set(content.nodes.map(({ name }) => name));
	const connections: WorkflowConnections = {};
	for (const [from, types] of Object.entries(content.connections)) {
		if (!names.has(from)) continue;
		connections[from] = Object.fromEntries(
			Object.entries(types).map(([type, outputs]) => [
				type,
				outputs.map((targets) => targets?.filter(({ node }) => names.has(node)) ?? null),
			]),
		);
	}
	return { ...content, connections };
}
