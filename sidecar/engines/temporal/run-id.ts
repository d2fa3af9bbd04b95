/** What we start is told from everybody else's by the beginning of its workflow id. */
export const ours = 'orchestration-';

/** A run of Temporal; without a run id the latest run of the workflow id. */
export interface RunId {
	workflowId: string;
	runId?: string;
}

/** The workflow id of an attempt: the same attempt cannot be started twice. */
export function workflowIdOf(runKey: string): string {
	return `${ours}${runKey}`;
}

/** `workflowId/runId`, as an execution of Temporal is called here. */
export function writeRunId({ workflowId, runId }: Required<RunId>): string {
	return `${workflowId}/${runId}`;
}

export function readRunId(id: string): RunId {
	const at = id.lastIndexOf('/');
	return at === -1 ? { workflowId: id } : { workflowId: id.slice(0, at), runId: id.slice(at + 1) };
}
