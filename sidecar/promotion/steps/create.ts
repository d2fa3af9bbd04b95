import { isOrchestrationError } from '../../kernel/errors';
import type { StepContext, StepKind } from './step-context';
import type { PlannedChange } from '../promotion';

/**
 * Creates an empty, unpublished workflow, so that its id is known to those that call it. Until it is
 * staged it carries a name that says whose it is; by that name a lost answer is found again.
 */
export const create: StepKind = {
	run: async (context, change) => {
		const name = markedName(context, change);
		const known = (await context.definitions.list()).find((workflow) => workflow.name === name);
		const workflow =
			known ??
			(await context.definitions.create({ name, nodes: [], connections: {}, settings: {} }));
		return { workflowId: workflow.id };
	},

	undo: async (context, change, result) => {
		const id = result?.workflowId ?? (await findMarked(context, change));
		if (id === null) return 'It was not created.';
		try {
			const workflow = await context.definitions.get(id);
			const ours = [
				context.resultOf(change.workflowKey, 'stage')?.versionId,
				context.resultOf(change.workflowKey, 'restage')?.versionId,
			];
			const untouched =
				ours.includes(workflow.draftVersionId) ||
				workflow.content.name === markedName(context, change);
			if (!untouched) return `Somebody has edited the new workflow ${id}, so it was left.`;
			if (workflow.live) await context.definitions.unpublish(id);
			await context.definitions.remove(id);
			return `The new workflow ${id} was removed.`;
		} catch (error) {
			if (isOrchestrationError(error, 'workflow_not_found')) return 'It is gone already.';
			throw error;
		}
	},
};

function markedName(context: StepContext, change: PlannedChange): string {
	return `${change.name} (promotion ${context.promotion.id})`;
}

async function findMarked(context: StepContext, change: PlannedChange): Promise<string | null> {
	const name = markedName(context, change);
	const found = (await context.definitions.list()).find((workflow) => workflow.name === name);
	return found?.id ?? null;
}
