import type { NodeExecutionHint } from 'n8n-workflow';

export interface Observation {
	/** The item carried an error. */
	failed: boolean;
	/** Its item of the trigger was found. */
	paired: boolean;
}

export const keptHint = (executionIds: string[]): NodeExecutionHint => ({
	message: `The sidecar is away. The letters wait in n8n, in execution ${executionIds.join(', ')}, and are handed over once it is back.`,
	location: 'outputPane',
	type: 'warning',
});

/** Tells the builder in the output pane what is probably not as meant. */
export function hintsFor(observations: Observation[]): NodeExecutionHint[] {
	const hints: NodeExecutionHint[] = [];
	const withoutError = observations.filter(({ failed }) => !failed).length;
	const unpaired = observations.filter(({ paired }) => !paired).length;
	if (withoutError > 0) {
		hints.push({
			message: `${withoutError} item(s) came without an error. Connect this node to the error output of a node (Settings, On Error: Continue (using error output)), or set Options, Reason.`,
			location: 'outputPane',
			type: 'warning',
		});
	}
	if (unpaired > 0) {
		hints.push({
			message: `n8n could not tell which item of the trigger ${unpaired} item(s) stem from, so redelivering one starts the workflow with all of them. A Code node in between should set pairedItem.`,
			location: 'outputPane',
			type: 'warning',
		});
	}
	return hints;
}
