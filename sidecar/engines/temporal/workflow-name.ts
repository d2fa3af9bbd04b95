import { OrchestrationError } from '../../kernel/errors';
import { isShipped, shippedTaskQueue } from './orchestration/shipped';

/** What a workflow of Temporal is called here: its type, and where its workers are. */
export interface WorkflowName {
	type: string;
	taskQueue: string;
}

/**
 * Reads `type@taskQueue`, or `type` alone where the environment has a task queue or the type is ours. A type may have an
 * @ in it: the last one counts.
 * @throws workflow_invalid
 */
export function readWorkflowName(text: string, ofEnvironment: string | null): WorkflowName {
	const at = text.lastIndexOf('@');
	const type = at === -1 ? text : text.slice(0, at);
	const taskQueue = at === -1 ? queueOf(type, ofEnvironment) : text.slice(at + 1);
	if (type !== '' && taskQueue !== null && taskQueue !== '') return { type, taskQueue };
	throw new OrchestrationError(
		'workflow_invalid',
		`Expected a workflow as type@taskQueue, e.g. orderIntake@orders, got "${text}". With a ` +
			'temporal.taskQueue in the environment the type alone is enough.',
		{ details: { workflow: text } },
	);
}

/** The short form where there is one, so that the same workflow always has the same name. */
export function writeWorkflowName(
	{ type, taskQueue }: WorkflowName,
	ofEnvironment: string | null,
): string {
	const isShort = taskQueue === queueOf(type, ofEnvironment) && !type.includes('@');
	return isShort ? type : `${type}@${taskQueue}`;
}

function queueOf(type: string, ofEnvironment: string | null): string | null {
	return isShipped(type) ? shippedTaskQueue(ofEnvironment) : ofEnvironment;
}
