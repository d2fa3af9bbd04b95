import type { IDataObject, IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

import type { Permission } from './circuits';

const DEFAULT_FIELD = 'circuitBreaker';

/** Adds what was decided, and by whom, under the one field chosen in Options; none when emptied. */
export function stateWriter(context: IExecuteFunctions) {
	const { stateField = DEFAULT_FIELD } = context.getNodeParameter('options', 0, {}) as {
		stateField?: string;
	};
	const field = stateField.trim();
	return (json: IDataObject, circuit: string, permission: Permission): IDataObject => {
		if (field === '') return json;
		const { state, decidedBy, retryAt } = permission;
		return { ...json, [field]: { circuit, state, decidedBy, ...(retryAt ? { retryAt } : {}) } };
	};
}

export function awayHints(
	scope: string,
	deciders: Iterable<Permission['decidedBy']>,
): NodeExecutionHint[] {
	if (scope !== 'fleet' || ![...deciders].some((each) => each !== 'sidecar')) return [];
	return [
		{
			message:
				'The sidecar did not answer. This node decided by itself, as When Sidecar Is Away says.',
			location: 'outputPane',
			type: 'warning',
		},
	];
}

export const uncounted = (why: string): NodeExecutionHint => ({
	message: `The sidecar was not told how the calls went (${why}).`,
	location: 'outputPane',
	type: 'warning',
});
