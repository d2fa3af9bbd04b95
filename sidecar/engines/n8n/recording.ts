import type { RecordedItem, RecordedRun, Recording } from '../port/rehearsals';
import type { ExecutionDetailWire, ItemWire, NodeRunWire } from './execution-endpoints';
import { readContent } from './read-workflow';

type RunData = Record<string, NodeRunWire[]>;

/** What every node of a saved execution gave. After a crash n8n puts dummies into it; they are left out. */
export function readRecording(wire: ExecutionDetailWire): Recording {
	const runData = wire.data?.resultData?.runData ?? {};
	const runs = Object.entries(runData)
		.flatMap(([node, all]) =>
			all.map((run) => ({ order: run.executionIndex ?? 0, run: readRun(node, run, runData) })),
		)
		.sort((a, b) => a.order - b.order)
		.flatMap(({ run }) => run ?? []);
	const { workflowData } = wire;
	return { executionId: wire.id, ran: workflowData ? readContent(workflowData) : null, runs };
}

function readRun(node: string, run: NodeRunWire, runData: RunData): RecordedRun | null {
	const outputs = (run.data?.['main'] ?? []).map((items) => (items ?? []).map(readItem));
	const isDummy = outputs.some((items) =>
		items.some(({ json }) => json['isArtificialRecoveredEventItem'] === true),
	);
	if (isDummy) return null;
	const failed = run.executionStatus === 'error' || (run.error ?? null) !== null;
	return { node, given: givenTo(run, runData), outputs, failed };
}

function givenTo({ source }: NodeRunWire, runData: RunData): number | null {
	if (!source?.length) return null;
	return source.reduce((sum, from) => {
		const before = from && runData[from.previousNode]?.[from.previousNodeRun ?? 0];
		return sum + (before?.data?.['main']?.[from?.previousNodeOutput ?? 0]?.length ?? 0);
	}, 0);
}

function readItem({ json, binary, ...item }: ItemWire): RecordedItem {
	const { pairedItem } = item;
	return {
		json,
		...(binary ? { binary } : {}),
		...(pairedItem === undefined ? {} : { pairedItem }),
	};
}
