import type { EngineWorkflow } from '../engines/port/workflow';
import { diffContents, type NodeChange } from '../workflow-versions/diff';
import type { ReleaseEntry, WorkflowVersion } from '../workflow-versions/version';
import type { DesiredContent } from './desired-content';
import type { PlannedChange, PlannedNode } from './promotion';
import type { Restore } from './restores';
import { isSame, liveContent } from './target-state';

/** One workflow of a release while it is planned. */
export interface PlanItem {
	entry: ReleaseEntry;
	version: WorkflowVersion;
	/** What it is in the target; null: it will be created. */
	workflow: EngineWorkflow | null;
	desired: DesiredContent;
	publish: boolean;
	/** It calls itself by way of others. */
	inCircle: boolean;
	/** In a roll-back: what it is to be. */
	restore: Restore | null;
	/** Keys of those before it that it calls. */
	calls: string[];
}

export function planChange(item: PlanItem): PlannedChange {
	const { entry, workflow, desired, publish, restore } = item;
	const change = {
		workflowKey: entry.workflowKey,
		sourceWorkflowId: entry.workflowId,
		name: entry.name,
		versionId: entry.versionId,
		targetWorkflowId: workflow?.id ?? null,
		publish,
		unpublish: restore?.unpublish ?? false,
		circle: item.inCircle && publish && workflow === null,
		thenDraft: restore?.thenDraft ?? null,
		before: null,
		after: item.calls,
		...(desired.kept.length > 0 ? { kept: desired.kept } : {}),
	};
	if (!workflow) return { ...change, action: 'create', diff: `+ new workflow "${entry.name}"` };
	if (restore && !restore.stage) return { ...change, action: 'unpublish', diff: '- unpublished' };
	if (isDone(item, workflow)) return { ...change, action: 'none', diff: '' };
	if (isSame(workflow.content, desired.expected)) {
		return { ...change, action: 'update', diff: publicationOf(item), nodes: [] };
	}
	const { text, nodes } = diffContents(workflow.content, desired.expected);
	return { ...change, action: 'update', diff: text, nodes: nodes.map(plannedNode) };
}

function plannedNode({ name, change, fields }: NodeChange): PlannedNode {
	return { name, change, fields: fields.map(({ path }) => path) };
}

/** The draft is equal already; what changes is what production runs. */
function publicationOf({ publish, restore }: PlanItem): string {
	if (restore?.unpublish) return '- unpublished';
	return publish ? '+ published as it is' : '';
}

function isDone({ desired, publish, restore }: PlanItem, workflow: EngineWorkflow): boolean {
	if (restore && (restore.thenDraft !== null || restore.unpublish)) return false;
	if (!isSame(workflow.content, desired.expected)) return false;
	const live = liveContent(workflow);
	return !publish || (live !== null && isSame(live, desired.expected));
}
