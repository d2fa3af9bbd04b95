import type { ExecutionDetail, ExecutionRecord, Item } from '../port/execution';
import type { RunOutcome } from '../port/run';
import type {
	ExecutionDataWire,
	ExecutionDetailWire,
	ExecutionWire,
	ItemWire,
	NodeRunWire,
} from './execution-endpoints';
import { readFailure } from './read-failure';
import { readContent } from './read-workflow';

export function readRecord(wire: ExecutionWire): ExecutionRecord {
	return {
		id: wire.id,
		workflowId: wire.workflowId,
		status: wire.status,
		mode: wire.mode ?? '',
		retryOf: wire.retryOf ?? null,
		retrySuccessId: wire.retrySuccessId ?? null,
		startedAt: wire.startedAt ?? null,
		stoppedAt: wire.stoppedAt ?? null,
		...(wire.waitTill ? { resumesAt: wire.waitTill } : {}),
	};
}

export function readDetail(wire: ExecutionDetailWire): ExecutionDetail {
	const { workflowData } = wire;
	const parent = wire.data?.parentExecution;
	return {
		...readRecord(wire),
		workflowName: workflowData?.name ?? null,
		trigger: readTrigger(wire.data ?? {}),
		failure: readFailure(wire),
		parent: parent ? { executionId: parent.executionId, workflowId: parent.workflowId } : null,
		detachedCalls: readDetachedCalls(wire),
		traceparent: wire.tracingContext?.traceparent ?? null,
		ran: workflowData ? readContent(workflowData) : null,
	};
}

export function readItems(items: ItemWire[] | null | undefined): Item[] {
	return (items ?? []).map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}) }));
}

/** The executions a run of a node has started: told at the run, after an error only at the item. */
export function subExecutionsOf(
	run: NodeRunWire,
): Array<{ executionId: string; workflowId: string }> {
	const items = Object.values(run.data ?? {}).flatMap((outputs) =>
		(outputs ?? []).flatMap((output) => output ?? []),
	);
	return [run, ...items].flatMap(({ metadata }) => metadata?.subExecution ?? []);
}

/** How a finished run came out; in doubt while it still runs or waits. */
export function readOutcome(wire: ExecutionDetailWire): RunOutcome {
	switch (wire.status) {
		case 'success':
			return { status: 'success', executionId: wire.id, items: readLastItems(wire.data ?? {}) };
		case 'error':
		case 'crashed':
		case 'canceled':
			return {
				status: 'error',
				executionId: wire.id,
				crashed: wire.status === 'crashed',
				message: readFailure(wire)?.message ?? 'the execution was canceled',
			};
		default:
			return { status: 'in-doubt' };
	}
}

function readLastItems(data: ExecutionDataWire): Item[] {
	const last = data.resultData?.lastNodeExecuted;
	const run = last ? data.resultData?.runData?.[last]?.at(-1) : undefined;
	return (run?.data?.['main'] ?? []).flatMap((output) => readItems(output));
}

function readTrigger(data: ExecutionDataWire): ExecutionDetail['trigger'] {
	const runData = data.resultData?.runData ?? {};
	const stack = data.executionData?.nodeExecutionStack ?? [];
	// A sub-workflow's context names the trigger of its caller.
	const told = data.parentExecution ? null : data.executionData?.runtimeData?.triggerNode?.name;
	const node =
		told ??
		nodeWithoutSource(runData) ??
		stack.find(({ source }) => !source?.main?.some(Boolean))?.node.name;
	if (node === undefined) return null;
	const output = runData[node]?.[0]?.data?.['main']?.flatMap((items) => items ?? []);
	if (output !== undefined && !output.some(isArtificial)) {
		return { node, items: readItems(output) };
	}
	// After a crash n8n puts a dummy into the run data; what came in still lies on the stack.
	const waiting = stack.find((entry) => entry.node.name === node)?.data?.['main']?.[0];
	return waiting ? { node, items: readItems(waiting) } : null;
}

/** The node that ran first, fed by no other. */
function nodeWithoutSource(
	runData: NonNullable<NonNullable<ExecutionDataWire['resultData']>['runData']>,
): string | undefined {
	return Object.entries(runData)
		.filter(([, runs]) => !runs[0]?.source?.some(Boolean))
		.sort(([, a], [, b]) => (a[0]?.executionIndex ?? 0) - (b[0]?.executionIndex ?? 0))[0]?.[0];
}

function isArtificial(item: ItemWire): boolean {
	return item.json['isArtificialRecoveredEventItem'] === true;
}

/**
 * Sub-workflows called without waiting. While the caller runs n8n shows no run data, so what the
 * definition says counts as well as what has run.
 */
function readDetachedCalls({ workflowData, data }: ExecutionDetailWire): string[] {
	const called = new Set<string>();
	for (const node of workflowData?.nodes ?? []) {
		const parameters = asRecord(node['parameters']);
		if (
			node.type !== 'n8n-nodes-base.executeWorkflow' ||
			node['disabled'] === true ||
			asRecord(parameters['options'])['waitForSubWorkflow'] !== false
		) {
			continue;
		}
		for (const run of data?.resultData?.runData?.[node.name] ?? []) {
			for (const { workflowId } of subExecutionsOf(run)) called.add(workflowId);
		}
		const named = parameters['workflowId'];
		const id = typeof named === 'string' ? named : asRecord(named)['value'];
		if (typeof id === 'string' && id !== '' && !id.startsWith('=')) called.add(id);
	}
	return [...called];
}

function asRecord(value: unknown): Record<string, unknown> {
	return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
