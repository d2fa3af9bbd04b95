import { targetIdOf, type StepKind } from './step-context';

/** Remembers where the workflow lives in the target and which version it has there now. */
export const record: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		await context.record(change, id);
		return { workflowId: id };
	},

	undo: () => Promise.resolve('Nothing to undo.'),
};
