import type { Item } from '../port/execution';
import type { EntryPoint } from '../port/run';
import type { WorkflowContent, WorkflowNode } from '../port/workflow';

const webhookType = 'n8n-nodes-base.webhook';
const callable = ['POST', 'PUT', 'PATCH'];
/** These may park the run, so that an answer does not mean its end. */
const parks = /wait|form$|executeWorkflow|langchain|orchestration|sendAndWait/i;

/**
 * Where a run of this content begins, and by which webhook it can be called as its callers do: one
 * without a key of its own, with a path that is plain text. Null: it has no trigger.
 */
export function entryOf(content: WorkflowContent): EntryPoint | null {
	const enabled = content.nodes.filter(({ disabled }) => disabled !== true);
	const webhooks = enabled.filter(({ type }) => type === webhookType);
	const called = webhooks.find((node) => addressOf(node) !== null);
	const first =
		called ??
		enabled.find(({ type }) => type === 'n8n-nodes-base.executeWorkflowTrigger') ??
		webhooks[0] ??
		enabled.find(({ type }) => /Trigger$/i.test(type) || type === 'n8n-nodes-base.start');
	if (!first) return null;
	const address = called ? addressOf(called) : null;
	const saved = content.settings['saveDataSuccessExecution'];
	return {
		triggerNode: first.name,
		itemsOf: (payload) => (first.type === webhookType ? [requestOf(payload)] : itemsOf(payload)),
		keepsSuccesses: saved === 'all' ? true : saved === 'none' ? false : null,
		webhook: address && {
			...address,
			answers: answersOf(first),
			answerIsEnd: answersOf(first) === 'at-end' && !enabled.some(mayPark),
		},
	};
}

function addressOf({ parameters = {}, webhookId }: WorkflowNode) {
	const { path, httpMethod, authentication, multipleMethods } = parameters;
	if (typeof path !== 'string' || path.startsWith('=') || path.includes(':')) return null;
	if (authentication !== undefined && authentication !== 'none') return null;
	if (multipleMethods === true || typeof httpMethod !== 'string') return null;
	if (!callable.includes(httpMethod)) return null;
	const address = path.replace(/^\/+|\/+$/g, '') || webhookId;
	return typeof address === 'string' ? { method: httpMethod, path: address } : null;
}

function answersOf({ parameters = {} }: WorkflowNode): 'at-once' | 'at-end' | 'on-the-way' {
	const mode = parameters['responseMode'] ?? 'onReceived';
	if (mode === 'onReceived') return 'at-once';
	return mode === 'lastNode' ? 'at-end' : 'on-the-way';
}

function mayPark({ type, parameters = {} }: WorkflowNode): boolean {
	return parks.test(type) || String(parameters['operation']) === 'sendAndWait';
}

/** What the Webhook node makes of a request with this body. */
function requestOf(payload: unknown): Item {
	return {
		json: {
			headers: { 'content-type': 'application/json' },
			params: {},
			query: {},
			body: payload ?? {},
		},
	};
}

function itemsOf(payload: unknown): Item[] {
	const values = Array.isArray(payload) ? (payload as unknown[]) : [payload ?? {}];
	return values.map((value) => ({
		json:
			typeof value === 'object' && value !== null && !Array.isArray(value)
				? (value as Record<string, unknown>)
				: { value },
	}));
}
