import type { ExecutionFailure, Item } from '../port/execution';
import type { ExecutionDataWire, ExecutionDetailWire, ItemWire } from './execution-endpoints';

const crashed = 'Workflow did not finish: n8n crashed while it ran';

/**
 * Why an execution failed; null when it did not. A crashed one has an error only where n8n still
 * found in its event log which node it was in; without one it is told as n8n would have told it.
 */
export function readFailure(wire: ExecutionDetailWire): ExecutionFailure | null {
	if (wire.status !== 'error' && wire.status !== 'crashed') return null;
	const isCrash = wire.status === 'crashed';
	const data = wire.data ?? {};
	const result = data.resultData;
	const node = result?.lastNodeExecuted ?? null;
	const error: Record<string, unknown> =
		result?.error ?? (node ? result?.runData?.[node]?.at(-1)?.error : null) ?? {};
	return {
		node,
		name: text(error['name']) ?? (isCrash ? 'WorkflowCrashedError' : 'Error'),
		message: text(error['message']) ?? (isCrash ? crashed : 'n8n has kept no error of it'),
		description: text(error['description']),
		httpStatus: httpStatusOf(error),
		input: node === null ? [] : inputOf(node, data),
	};
}

function inputOf(node: string, data: ExecutionDataWire): Item[] {
	const stacked = data.executionData?.nodeExecutionStack?.[0];
	if (stacked?.node.name === node) {
		return (stacked.data?.['main'] ?? []).flatMap((items) => plain(items));
	}
	const runData = data.resultData?.runData ?? {};
	return (runData[node]?.at(-1)?.source ?? []).flatMap((from) => {
		if (!from) return [];
		const run = runData[from.previousNode]?.[from.previousNodeRun ?? 0];
		return plain(run?.data?.['main']?.[from.previousNodeOutput ?? 0]);
	});
}

function plain(items: ItemWire[] | null | undefined): Item[] {
	return (items ?? [])
		.filter(({ json }) => json['isArtificialRecoveredEventItem'] !== true)
		.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}) }));
}

/** Nodes report the status of a failed call in many places. */
function httpStatusOf(error: Record<string, unknown>, depth = 0): number | null {
	for (const key of ['httpCode', 'status', 'statusCode']) {
		const value = Number(error[key] ?? Number.NaN);
		if (Number.isInteger(value) && value >= 100 && value <= 599) return value;
	}
	if (depth === 2) return null;
	for (const key of ['response', 'errorResponse', 'cause']) {
		const inner = error[key];
		if (typeof inner === 'object' && inner !== null) {
			const found = httpStatusOf(inner as Record<string, unknown>, depth + 1);
			if (found !== null) return found;
		}
	}
	return null;
}

function text(value: unknown): string | null {
	return typeof value === 'string' && value !== '' ? value : null;
}
