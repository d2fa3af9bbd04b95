import type { EngineWorkflow } from '../../engines/port/workflow';
import type { PlannedChange } from '../promotion';
import { doesTheSame } from '../target-state';
import { targetIdOf, versionMadeBy, type PromotionContext, type StepKind } from './step-context';

/** Keeps what the promotion has left in the target as a version: a roll-back compares with it. */
export const record: StepKind = {
	run: async (context, change) => {
		const workflowId = targetIdOf(context, change);
		const workflow = await asLeft(context, change, await readOnce(context, change, workflowId));
		const originId = (await isVersion(context, change, workflow)) ? change.versionId : undefined;
		return { workflowId, kept: await context.keep(change, workflow, originId) };
	},

	undo: () => Promise.resolve('Nothing to undo.'),
};

/** What was read to see it live will do, unless the draft was written since. */
async function readOnce(
	{ definitions, seenLive }: PromotionContext,
	{ workflowKey, thenDraft }: PlannedChange,
	id: string,
): Promise<EngineWorkflow> {
	const seen = thenDraft === null ? seenLive.get(workflowKey) : undefined;
	return seen ?? (await definitions.get(id));
}

/** Whether it is the version promoted, whole and nothing else, only with the ids of the target. */
async function isVersion(
	context: PromotionContext,
	change: PlannedChange,
	workflow: EngineWorkflow,
): Promise<boolean> {
	if (change.action === 'unpublish' || change.thenDraft !== null) return false;
	const { expected, lossy, staying } = await context.desiredOf(change, workflow);
	return lossy.length + staying.length === 0 && doesTheSame(expected, workflow.content);
}

/** Without what somebody has edited since. */
async function asLeft(
	context: PromotionContext,
	change: PlannedChange,
	workflow: EngineWorkflow,
): Promise<EngineWorkflow> {
	const ours = versionMadeBy(context, change, 'restage') ?? versionMadeBy(context, change, 'stage');
	if (ours === null || workflow.draftVersionId === ours) return workflow;
	const graph = await context.definitions.graphOf(workflow.id, ours);
	return { ...workflow, draftVersionId: ours, content: { ...workflow.content, ...graph } };
}
