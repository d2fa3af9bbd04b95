import { isOrchestrationError } from '../../kernel/errors';
import type { PlannedChange } from '../promotion';
import { doesTheSame } from '../target-state';
import { startingContent } from './stand-in';
import { versionMadeBy, type PromotionContext, type StepKind } from './step-context';

/** Creates an unpublished workflow with nothing in it yet, so that its id is known to those that call it. */
export const create: StepKind = {
	run: async (context, change) => {
		const { definitions } = context;
		const [known, ...surplus] = context.again ? await findMarked(context, change) : [];
		for (const id of surplus) await removeIfOurs(context, change, id);
		const workflow =
			known === undefined
				? await definitions.create(startingContent(context, change))
				: await definitions.get(known);
		await context.bindNew(change, workflow.id);
		const { id: workflowId, draftVersionId: versionId, changeCounter } = workflow;
		return { workflowId, versionId, changeCounter };
	},

	undo: async (context, change, result) => {
		const marked = await findMarked(context, change);
		const ids = new Set(result ? [result.workflowId, ...marked] : marked);
		const done: string[] = [];
		for (const id of ids) {
			done.push(await removeIfOurs(context, change, id));
			await context.unbindNew(change, id);
		}
		return done.join(' ') || 'It was not created.';
	},
};

/** More than one when an answer came so late that the workflow was created again. */
async function findMarked(context: PromotionContext, change: PlannedChange): Promise<string[]> {
	const { name } = startingContent(context, change);
	const found = (await context.definitions.list()).filter((workflow) => workflow.name === name);
	return found.map(({ id }) => id);
}

async function removeIfOurs(
	context: PromotionContext,
	change: PlannedChange,
	id: string,
): Promise<string> {
	try {
		if (!(await isUntouched(context, change, id))) {
			return `Somebody has edited the new workflow ${id}, so it was left.`;
		}
		const { live } = await context.definitions.get(id);
		if (live) await context.definitions.unpublish(id);
		await context.definitions.remove(id);
		return `The new workflow ${id} was removed.`;
	} catch (error) {
		if (isOrchestrationError(error, 'workflow_not_found')) return 'It is gone already.';
		throw error;
	}
}

async function isUntouched(
	context: PromotionContext,
	change: PlannedChange,
	id: string,
): Promise<boolean> {
	const workflow = await context.definitions.get(id);
	const { content, draftVersionId } = workflow;
	if (doesTheSame(content, startingContent(context, change))) return true;
	const restaged = versionMadeBy(context, change, 'restage');
	const staged = versionMadeBy(context, change, 'stage');
	if (draftVersionId === restaged || draftVersionId === staged) return true;
	// The answer of the staging was lost.
	if (staged !== null) return false;
	return doesTheSame(content, (await context.desiredOf(change, workflow)).expected);
}
