import type { EngineApi, EngineCredential, WorkflowDefinitions } from '../engines/port/definitions';
import type { EngineWorkflow, WorkflowContent, WorkflowGraph } from '../engines/port/workflow';
import { fingerprint } from '../workflow-versions/fingerprint';
import type { SealedTarget } from './promotion';

/** What the plan needs to know of the environment it writes to. */
export interface TargetState {
	workflows: Map<string, EngineWorkflow>;
	credentials: EngineCredential[];
	api: EngineApi;
	/** Null or missing where the target does not tell. */
	dataTables?: Array<{ id: string; name: string }> | null;
	/** Of community packages. Null or missing where the target does not tell. */
	nodeTypes?: string[] | null;
	/** Workflow key → id here. */
	bindings: Map<string, string>;
}

export async function readTarget(
	definitions: WorkflowDefinitions,
	bindings: Array<{ workflowKey: string; workflowId: string }>,
): Promise<TargetState> {
	const [workflows, credentials, api, dataTables, nodeTypes] = await Promise.all([
		definitions.listFull(),
		definitions.listCredentials(),
		definitions.describeApi(),
		definitions.listDataTables?.() ?? null,
		definitions.installedNodeTypes?.() ?? null,
	]);
	return {
		workflows: new Map(workflows.map((workflow) => [workflow.id, workflow])),
		credentials,
		api,
		dataTables,
		nodeTypes,
		bindings: new Map(bindings.map(({ workflowKey, workflowId }) => [workflowKey, workflowId])),
	};
}

export function sealTarget(workflow: EngineWorkflow): SealedTarget {
	return {
		workflowId: workflow.id,
		name: workflow.content.name,
		draftVersionId: workflow.draftVersionId,
		liveVersionId: workflow.live?.versionId ?? null,
		...fingerprint(workflow.content),
	};
}

/** What production runs, with the settings and name that belong to the workflow; null when nothing is live. */
export function liveContent({ content, live }: EngineWorkflow): WorkflowContent | null {
	if (!live) return null;
	const { nodeGroups: _, ...shared } = content;
	return { ...shared, ...live.graph };
}

/** Equal in what it does and how it looks. */
export function isSame(one: WorkflowContent, other: WorkflowContent): boolean {
	const [a, b] = [fingerprint(one), fingerprint(other)];
	return a.digest === b.digest && a.appearanceDigest === b.appearanceDigest;
}

/** Equal in what it does. */
export function doesTheSame(one: WorkflowContent, other: WorkflowContent): boolean {
	return fingerprint(one).digest === fingerprint(other).digest;
}

/** Equal in what their nodes do: settings and name have no version, so they tell nothing of whose one is. */
export function isSameGraph(one: WorkflowGraph, other: WorkflowGraph): boolean {
	const bare = ({ nodes, connections }: WorkflowGraph) => ({
		name: '',
		nodes,
		connections,
		settings: {},
	});
	return doesTheSame(bare(one), bare(other));
}

/** Whether the draft holds something that is not live; equal content counts as live, whatever its version. */
export function hasUnpublishedEdit(workflow: EngineWorkflow): boolean {
	const live = liveContent(workflow);
	return live !== null && !isSame(live, workflow.content);
}
