/** Workflow JSON for the public API's POST /workflows: only keys that it accepts. */
export interface WorkflowBody {
	name: string;
	nodes: NodeBody[];
	connections: Record<string, { main: { node: string; type: 'main'; index: number }[][] }>;
	settings: Record<string, unknown>;
}

export interface NodeBody {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	webhookId?: string;
	onError?: 'stopWorkflow' | 'continueRegularOutput' | 'continueErrorOutput';
	credentials?: Record<string, { id: string; name: string }>;
}

export type NodeExtras = Partial<Pick<NodeBody, 'onError' | 'credentials' | 'webhookId'>>;

/** A node; where it stands on the canvas follows from its place in the chain. */
export function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown> = {},
	extras: NodeExtras = {},
): NodeBody {
	const id = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
	return { id, name, type, typeVersion, position: [0, 0], parameters, ...extras };
}

export function codeNode(name: string, jsCode: string, extras: NodeExtras = {}): NodeBody {
	return node(name, 'n8n-nodes-base.code', 2, { jsCode }, extras);
}

/** Nodes one after the other, each first output into the next. */
export function chain(
	name: string,
	nodes: NodeBody[],
	settings: Record<string, unknown> = {},
): WorkflowBody {
	const links = nodes
		.slice(0, -1)
		.map((from, at) => [from.name, oneLink(nodes[at + 1]?.name ?? '')] as const);
	return {
		name,
		nodes: nodes.map((each, at) => ({ ...each, position: [at * 220, 0] })),
		connections: Object.fromEntries(links),
		settings: { executionOrder: 'v1', ...settings },
	};
}

export interface WebhookWorkflow {
	name: string;
	path: string;
	/** When the caller is answered: at once (default), or with the last node's items. */
	respond?: 'onReceived' | 'lastNode';
	/** jsCode of a Code node after the webhook; may throw. Default: passes its input on. */
	code?: string;
	/** More nodes after the Code node. */
	then?: NodeBody[];
	/** An HTTP Request node at the end that uses this credential (header auth) on this URL. */
	call?: { url: string; credential: { id: string; name: string } };
	errorWorkflow?: string;
}

/** POST webhook → "Work" (Code) → …; the node names are fixed so that tests can look for them. */
export function webhookWorkflow(wanted: WebhookWorkflow): WorkflowBody {
	const { name, path, respond = 'onReceived', code = 'return $input.all();', then = [] } = wanted;
	const webhook = node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2,
		{ httpMethod: 'POST', path, responseMode: respond, options: {} },
		{ webhookId: path },
	);
	const call = wanted.call === undefined ? [] : [callNode(wanted.call)];
	return chain(
		name,
		[webhook, codeNode('Work', code), ...then, ...call],
		wanted.errorWorkflow === undefined ? {} : { errorWorkflow: wanted.errorWorkflow },
	);
}

/** Started by another workflow → "Work" (Code). */
export function subWorkflow(name: string, code = 'return $input.all();'): WorkflowBody {
	const start = node('Start', 'n8n-nodes-base.executeWorkflowTrigger', 1.1, {
		inputSource: 'passthrough',
	});
	return chain(name, [start, codeNode('Work', code)]);
}

/** POST webhook → "Call" (Execute Sub-workflow with that id), answers with what the child gave. */
export function callingWorkflow(name: string, path: string, childId: string): WorkflowBody {
	const call = node('Call', 'n8n-nodes-base.executeWorkflow', 1.2, {
		workflowId: { __rl: true, mode: 'id', value: childId },
		workflowInputs: { mappingMode: 'defineBelow', value: {} },
		options: {},
	});
	return webhookWorkflow({ name, path, respond: 'lastNode', then: [call] });
}

/** Error Trigger → "Work" (Code). It must be published or n8n silently never runs it. */
export function errorWorkflow(name: string, code = 'return $input.all();'): WorkflowBody {
	return chain(name, [
		node('Error Trigger', 'n8n-nodes-base.errorTrigger', 1),
		codeNode('Work', code),
	]);
}

function callNode({ url, credential }: { url: string; credential: { id: string; name: string } }) {
	return node(
		'Call out',
		'n8n-nodes-base.httpRequest',
		4.2,
		{
			url,
			authentication: 'genericCredentialType',
			genericAuthType: 'httpHeaderAuth',
			options: {},
		},
		{ credentials: { httpHeaderAuth: credential } },
	);
}

function oneLink(to: string) {
	return { main: [[{ node: to, type: 'main' as const, index: 0 }]] };
}
