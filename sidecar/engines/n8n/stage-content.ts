import type { RecordedRun, Recording, StagedContent } from '../port/rehearsals';
import type { WorkflowConnections, WorkflowContent, WorkflowNode } from '../port/workflow';
import { isOutward, isPause } from './outward';
import { playedBack } from './playback';

const noOp = { type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} } as const;
/** Seconds: nobody waits for an endless loop. */
const longestRun = 120;

/**
 * A definition of which nothing reaches outside: see `outward.ts` for what does. What the run cannot
 * come to does nothing, waits do not wait, and no credential is left in it.
 */
export function stageContent(
	content: WorkflowContent,
	triggerNode: string,
	recordings: Recording[],
): StagedContent {
	const reached = reachedFrom(triggerNode, content.connections);
	const assumed: StagedContent['assumed'] = [];
	const unknown: StagedContent['unknown'] = [];
	const connections: WorkflowConnections = {};
	const nodes = content.nodes.map((original): WorkflowNode => {
		const { credentials: _, webhookId: __, ...node } = original;
		const main = content.connections[node.name]?.['main'];
		if (!reached.has(node.name)) return { ...node, ...noOp };
		if (main) connections[node.name] = { main };
		if (node.name === triggerNode || node.disabled) return node;
		if (isPause(original)) return { ...node, ...noOp };
		if (!isOutward(original)) return node;
		const found = recordedFor(original, recordings);
		if ('why' in found) {
			unknown.push({ node: node.name, why: found.why });
			return stopping(node, found.why);
		}
		assumed.push({ node: node.name, executionId: found.executionId });
		connections[node.name] = { main: [main?.[found.output] ?? []] };
		return playedBack(node, found);
	});
	const { executionOrder, timezone } = content.settings;
	const settings = {
		...(executionOrder === undefined ? {} : { executionOrder }),
		...(timezone === undefined ? {} : { timezone }),
		saveDataErrorExecution: 'all',
		saveDataSuccessExecution: 'all',
		executionTimeout: longestRun,
	};
	return { content: { name: content.name, nodes, connections, settings }, assumed, unknown };
}

function reachedFrom(start: string, connections: WorkflowConnections): Set<string> {
	const reached = new Set([start]);
	// A set that grows while it is walked through.
	for (const name of reached) {
		for (const { node } of (connections[name]?.['main'] ?? []).flatMap((to) => to ?? [])) {
			reached.add(node);
		}
	}
	return reached;
}

/** What was recorded of a node. */
export interface Playback {
	executionId: string;
	/** The only output that gave anything. */
	output: number;
	runs: Array<Pick<RecordedRun, 'given'> & { items: RecordedRun['outputs'][number] }>;
}

function recordedFor(node: WorkflowNode, recordings: Recording[]): Playback | { why: string } {
	for (const { executionId, ran, runs } of recordings) {
		const own = runs.filter((run) => run.node === node.name);
		if (own.length === 0) continue;
		const was = ran?.nodes.find(({ name }) => name === node.name);
		if (was && was.type !== node.type) continue;
		if (own.some(({ failed }) => failed)) {
			return {
				why: `"${node.name}" itself failed in execution ${executionId}. Whether what it calls answers now, only a real run tells.`,
			};
		}
		const outputs = new Set(own.flatMap((run) => outputsUsed(run)));
		if (outputs.size > 1) {
			return {
				why: `"${node.name}" gave items by several outputs in execution ${executionId}, which cannot be played back.`,
			};
		}
		const [output = 0] = outputs;
		const played = own.map(({ given, outputs: all }) => ({ given, items: all[output] ?? [] }));
		if (played.some(({ items }) => items.some(({ binary }) => binary))) {
			return {
				why: `"${node.name}" gave files in execution ${executionId}, which stay in that n8n.`,
			};
		}
		return { executionId, output, runs: played };
	}
	return {
		why: `"${node.name}" reaches outside, and no execution has recorded what it gives.`,
	};
}

function outputsUsed({ outputs }: RecordedRun): number[] {
	return outputs.flatMap((items, output) => (items.length > 0 ? [output] : []));
}

/** Where the run comes to it, nothing more can be told. */
function stopping({ name, id, position }: WorkflowNode, why: string): WorkflowNode {
	return {
		...(id === undefined ? {} : { id }),
		...(position ? { position } : {}),
		name,
		type: 'n8n-nodes-base.stopAndError',
		typeVersion: 1,
		parameters: { errorType: 'errorMessage', errorMessage: why },
	};
}
