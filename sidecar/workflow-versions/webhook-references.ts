import type { WorkflowNode } from '../engines/port/workflow';
import { plainText } from './resource-locator';
import type { Reference, ReferencePlace } from './reference';

const webhook = 'n8n-nodes-base.webhook';
const form = 'n8n-nodes-base.formTrigger';
const chat = '@n8n/n8n-nodes-langchain.chatTrigger';
const mcp = '@n8n/n8n-nodes-langchain.mcpTrigger';
const withPath = [webhook, form, chat, mcp];

/** Public addresses of a node. Waiting nodes have one per execution, which is none of ours. */
export function webhookReferences(node: WorkflowNode, place: ReferencePlace): Reference[] {
	const webhookId = typeof node['webhookId'] === 'string' ? node['webhookId'] : null;
	if (!withPath.includes(node.type)) {
		return webhookId !== null && /Trigger$/.test(node.type)
			? [{ kind: 'webhook', ...told(node), address: null, path: null, webhookId, ...place }]
			: [];
	}
	const options = node.parameters?.['options'] as Record<string, unknown> | undefined;
	const given = node.parameters?.['path'] ?? (node.type === form ? options?.['path'] : undefined);
	const path = plainText(given ?? '');
	if (path === null) {
		return [{ kind: 'dynamic', what: 'webhook', expression: String(given), ...place }];
	}
	const address = addressOf(node.type, path.replace(/^\/+|\/+$/g, ''), webhookId);
	return [{ kind: 'webhook', ...told(node), address, path, webhookId, ...place }];
}

/** What follows `/webhook/` (for a form `/form/`); null while the id that makes it is not given yet. */
function addressOf(type: string, path: string, webhookId: string | null): string | null {
	if (type === chat) return webhookId && `${webhookId}/chat`;
	if (path === '') return webhookId;
	// A path with variables is kept apart by the id before it.
	if (/(^|\/):/.test(path)) return webhookId && `${webhookId}/${path}`;
	return path;
}

function told(node: WorkflowNode): { type: string; methods: string[] } {
	const { type, parameters = {} } = node;
	if (type !== webhook) return { type, methods: type === form ? ['GET', 'POST'] : ['POST'] };
	const several = parameters['multipleMethods'] === true;
	const given = parameters['httpMethod'] ?? (several ? ['GET', 'POST'] : 'GET');
	return { type, methods: [given].flat().map(String) };
}
