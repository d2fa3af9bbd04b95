import type { EngineWorkflow, WorkflowContent } from '../../engines/port/workflow';
import { OrchestrationError } from '../../kernel/errors';
import { diffContents } from '../../workflow-versions/diff';
import type { PlannedChange } from '../promotion';
import { doesTheSame, isSame } from '../target-state';
import { assertNobodyBetween, assertOurs, type DraftState } from './draft-writes';
import { editedMeanwhile, targetIdOf, type StepContext, type StepKind } from './step-context';
import { unstage } from './unstage';

/** Writes the draft without publishing it, on top of exactly what the plan knew. */
export const stage: StepKind = {
	run: async (context, change) => {
		const workflowId = targetIdOf(context, change);
		const current = await context.definitions.get(workflowId);
		const base = baseOf(context, change, current);
		const { expected, write } = await context.desiredOf(change, current);
		let staged = current;
		if (!isStaged(context, base, current, expected)) {
			if (!(await isAsPlanned(context, change, base, current))) {
				throw editedMeanwhile(change, 'was edited');
			}
			await context.note({ workflowId, changeCounter: base.changeCounter });
			staged = await context.definitions.saveDraft(workflowId, write, current);
			await assertOurs(context, change, base, staged, expected);
		}
		const result = {
			workflowId,
			versionId: staged.draftVersionId,
			changeCounter: base.changeCounter,
		};
		await context.note(result);
		await assertNobodyBetween(context, change, base, staged);
		assertStored(change, expected, staged.content);
		return result;
	},

	undo: unstage,
};

/** The counter is noted before the write: after a crash nobody could tell what it was. */
function baseOf(
	context: StepContext,
	{ workflowKey, before }: PlannedChange,
	current: EngineWorkflow,
): DraftState {
	const created = context.stepOf(workflowKey, 'create')?.result;
	const noted = context.stepOf(workflowKey, 'stage')?.result ?? created;
	return {
		draftVersionId: before?.draftVersionId ?? created?.versionId ?? '',
		changeCounter: noted?.changeCounter ?? current.changeCounter,
	};
}

/**
 * Nothing to write: it is equal, or it was written before a crash and the engine has corrected its look.
 */
function isStaged(
	{ again }: StepContext,
	base: DraftState,
	current: EngineWorkflow,
	expected: WorkflowContent,
): boolean {
	if (isSame(current.content, expected)) return true;
	const written = again && current.draftVersionId !== base.draftVersionId;
	return (
		written && current.content.name === expected.name && doesTheSame(current.content, expected)
	);
}

/** Name and settings have no version, so the content is compared too. */
async function isAsPlanned(
	context: StepContext,
	{ before }: PlannedChange,
	base: DraftState,
	current: EngineWorkflow,
): Promise<boolean> {
	if (current.draftVersionId !== base.draftVersionId) return false;
	return !before || isSame(current.content, await context.contentOf(before.draft));
}

/** Only behaviour must be equal: the engine may correct the look, such as a credential's cached name. */
function assertStored(
	change: PlannedChange,
	expected: WorkflowContent,
	actual: WorkflowContent,
): void {
	if (doesTheSame(expected, actual)) return;
	throw new OrchestrationError(
		'engine_rejected',
		`Workflow "${change.name}" was saved, but reads back different from what was sent:\n${diffContents(expected, actual).text}`,
		{ details: { workflowKey: change.workflowKey } },
	);
}
