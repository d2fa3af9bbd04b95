import type { INodeTypeDescription } from 'n8n-workflow';

/** Outputs that depend on the operation, as the expression n8n evaluates for it. */
export function outputsByOperation(
	labels: Record<string, string[]>,
): INodeTypeDescription['outputs'] {
	const outputs = Object.fromEntries(
		Object.entries(labels).map(([operation, names]) => [
			operation,
			names.map((displayName) => ({ type: 'main', displayName })),
		]),
	);
	return `={{ (${JSON.stringify(outputs)})[$parameter["operation"]] }}`;
}
