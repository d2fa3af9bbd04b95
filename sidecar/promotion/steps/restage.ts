import { editedMeanwhile, targetIdOf, type StepKind } from './step-context';

/** Puts an unpublished edit back on top of what was published; only roll-backs have one. */
export const restage: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		if (change.thenDraft === null) return { workflowId: id };
		const staged = context.resultOf(change.workflowKey, 'stage')?.versionId;
		const current = await context.definitions.get(id);
		if (current.draftVersionId !== staged) {
			const done = context.resultOf(change.workflowKey, 'restage');
			if (done?.versionId === current.draftVersionId) return done;
			throw editedMeanwhile(change, 'was edited');
		}
		const saved = await context.definitions.saveDraft(
			id,
			await context.contentOf(change.thenDraft),
		);
		return { workflowId: id, versionId: saved.draftVersionId };
	},

	undo: () => Promise.resolve('It is undone with the staging.'),
};
