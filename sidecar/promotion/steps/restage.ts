import { isSame } from '../target-state';
import { assertNobodyBetween, assertOurs, draftToSend } from './draft-writes';
import { editedMeanwhile, targetIdOf, versionMadeBy, type StepKind } from './step-context';

/** Puts an unpublished edit back on top of what was published; only roll-backs have one. */
export const restage: StepKind = {
	run: async (context, change) => {
		const workflowId = targetIdOf(context, change);
		const staged = versionMadeBy(context, change, 'stage') ?? '';
		const current = await context.definitions.get(workflowId);
		const wanted = await context.contentOf(change.thenDraft ?? change.versionId);
		if (isSame(current.content, wanted)) {
			return { workflowId, versionId: current.draftVersionId };
		}
		if (current.draftVersionId !== staged) throw editedMeanwhile(change, 'was edited');
		const { draftVersionId, changeCounter } = current;
		const saved = await context.definitions.saveDraft(
			workflowId,
			await draftToSend(context, wanted, current),
			current,
		);
		await assertOurs(context, change, current, saved, wanted);
		const result = { workflowId, versionId: saved.draftVersionId };
		await context.note(result);
		await assertNobodyBetween(context, change, { draftVersionId, changeCounter }, saved);
		return result;
	},

	undo: () => Promise.resolve('It is undone with the staging.'),
};
