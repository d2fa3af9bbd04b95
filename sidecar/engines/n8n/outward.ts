import type { WorkflowNode } from '../port/workflow';

/**
 * Nodes that only work on the items they are given. Whatever is not named here reaches outside, or may:
 * calls, databases, mail, files, other workflows, every node that was installed, every node that
 * somebody adds to n8n tomorrow.
 */
const inward: ReadonlySet<string> = new Set(
	[
		'aggregate',
		'code',
		'compareDatasets',
		'convertToFile',
		'crypto',
		'dateTime',
		'editImage',
		'executionData',
		'extractFromFile',
		'filter',
		'function',
		'functionItem',
		'html',
		'if',
		'itemLists',
		'limit',
		'markdown',
		'merge',
		'moveBinaryData',
		'noOp',
		'removeDuplicates',
		'renameKeys',
		'set',
		'sort',
		'splitInBatches',
		'splitOut',
		'stopAndError',
		'summarize',
		'switch',
		'xml',
	].map((name) => `n8n-nodes-base.${name}`),
);

/** What a program can reach outside with, or remember between runs. */
const reaching =
	/\b(helpers|fetch|require|import|XMLHttpRequest|WebSocket|getWorkflowStaticData|process|eval|Function|constructor|globalThis)\b/;

/**
 * Whether a node of n8n may touch anything but its items. In doubt it does: code that names something
 * that can call, a node with a credential, one that compares with earlier executions.
 */
export function isOutward(node: WorkflowNode): boolean {
	// Nobody waits for its answer: the runner passes over it.
	if (node.type === 'n8n-nodes-base.respondToWebhook') return false;
	if (isPause(node)) return false;
	if (!inward.has(node.type)) return true;
	if (Object.keys(node.credentials ?? {}).length > 0) return true;
	const parameters = node.parameters ?? {};
	if (parameters['operation'] === 'removeItemsSeenInPreviousExecutions') return true;
	const programs = ['jsCode', 'pythonCode', 'functionCode'].map((name) => parameters[name]);
	return programs.some((text) => typeof text === 'string' && reaching.test(text));
}

/** A wait for a time, which passes on what it was given; one for a call gives what was called with. */
export function isPause({ type, parameters }: WorkflowNode): boolean {
	const resume = parameters?.['resume'] ?? 'timeInterval';
	return type === 'n8n-nodes-base.wait' && (resume === 'timeInterval' || resume === 'specificTime');
}
