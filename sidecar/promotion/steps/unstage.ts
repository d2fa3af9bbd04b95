import type { EngineWorkflow, WorkflowContent, WorkflowGraph } from '../../engines/port/workflow';
import type { TargetBefore } from '../promotion';
import { putBack, putBackSettings } from '../settings-merge';
import { isSame, isSameGraph } from '../target-state';
import { draftToSend } from './draft-writes';
import { versionMadeBy, type PromotionContext, type StepKind } from './step-context';

/** An editor that saves without pause can come between; each round leaves its newest edit in place. */
const rounds = 5;

/**
 * Puts back what staging has changed, and only that: nodes from before our writes, and name and
 * settings where they are still ours. An edit that came between or after stays.
 */
export const unstage: StepKind['undo'] = async (context, change, result) => {
	const { before } = change;
	if (!before) return 'It is removed with the workflow.';
	const old = await context.contentOf(before.draft);
	const meant = (await context.desiredOf(change, { content: old })).expected;
	const written = [result?.versionId ?? null, versionMadeBy(context, change, 'restage')];
	/** With what was promoted in them; `ours` are these and what we put back on top. */
	const brought = new Set(written.flatMap((id) => id ?? []));
	brought.delete(before.draftVersionId);
	const ours = new Set(brought);
	for (let round = 0; round < rounds; round += 1) {
		const current = await context.definitions.get(before.workflowId);
		if (current.archived) return 'Somebody has archived it, and n8n changes no archived one: left.';
		if (result?.versionId === undefined && isLostWrite(before, current, meant)) {
			brought.add(current.draftVersionId);
			ours.add(current.draftVersionId);
		}
		const { graph, theirs, newest } = await withoutOurs(context, before, old, current, ours);
		const wanted = merge(old, meant, current.content, graph);
		if (isSame(current.content, wanted)) {
			await withdraw(context, before, current, brought);
			return theirs
				? 'Somebody has edited the draft, so that was left.'
				: 'The draft is as it was.';
		}
		const saved = await context.definitions.saveDraft(
			before.workflowId,
			await draftToSend(context, wanted, current),
			current,
		);
		// Writing what is there already makes no version: then it is still theirs. So is what n8n answers
		// when somebody was quicker than its answer.
		const made = saved.draftVersionId;
		const isOurs = made !== current.draftVersionId && made !== newest;
		if (isOurs && isSameGraph(saved.content, wanted)) ours.add(made);
	}
	throw new TypeError(`workflow ${before.workflowId} is edited faster than it can be put back`);
};

/** Somebody may have published our draft, taking it for theirs; nothing of it is to be live. */
async function withdraw(
	{ definitions }: PromotionContext,
	{ workflowId, liveVersionId }: TargetBefore,
	{ live }: EngineWorkflow,
	brought: Set<string>,
): Promise<void> {
	if (!live || !brought.has(live.versionId)) return;
	if (liveVersionId === null) await definitions.unpublish(workflowId);
	else await definitions.publish(workflowId, liveVersionId);
}

/** The answer of the write was lost: the draft is ours if it is what we meant to write. */
function isLostWrite(
	before: TargetBefore,
	current: EngineWorkflow,
	meant: WorkflowContent,
): boolean {
	return current.draftVersionId !== before.draftVersionId && isSameGraph(current.content, meant);
}

/** The newest graph of the draft that is not of our making. */
async function withoutOurs(
	{ definitions }: PromotionContext,
	before: TargetBefore,
	old: WorkflowContent,
	current: EngineWorkflow,
	ours: Set<string>,
): Promise<{ graph: WorkflowGraph; theirs: boolean; newest: string | null }> {
	const id = before.workflowId;
	const isOurs = ours.has(current.draftVersionId);
	const newest = isOurs
		? (await definitions.history(id)).find(({ versionId }) => !ours.has(versionId))?.versionId
		: current.draftVersionId;
	// n8n forgets versions after a while; then nobody has edited since.
	if (newest === undefined || newest === before.draftVersionId)
		return { graph: old, theirs: false, newest: newest ?? null };
	const graph = isOurs ? await definitions.graphOf(id, newest) : current.content;
	return { graph, theirs: true, newest };
}

function merge(
	old: WorkflowContent,
	meant: WorkflowContent,
	now: WorkflowContent,
	{ nodes, connections, nodeGroups }: WorkflowGraph,
): WorkflowContent {
	const description = putBack(
		old.description ?? '',
		meant.description ?? '',
		now.description ?? '',
	);
	return {
		name: putBack(old.name, meant.name, now.name),
		nodes,
		connections,
		settings: putBackSettings(old.settings, meant.settings, now.settings),
		...(nodeGroups ? { nodeGroups } : {}),
		...(description === '' ? {} : { description }),
	};
}
