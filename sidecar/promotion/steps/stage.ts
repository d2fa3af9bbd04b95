import type { EngineWorkflow, WorkflowContent } from '../../engines/engine';
import { OrchestrationError } from '../../kernel/errors';
import { diffContents } from '../../workflow-versions/diff';
import { fingerprint } from '../../workflow-versions/fingerprint';
import type { PlannedChange, TargetBefore } from '../promotion';
import { editedMeanwhile, targetIdOf, type StepContext, type StepKind } from './step-context';

/**
 * Writes the draft without publishing it, and looks in the history whether anybody saved in between:
 * the engine has no conditional write.
 */
export const stage: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		const { expected, write } = await context.desiredOf(change);
		const current = await context.definitions.get(id);
		let staged = current;
		if (!isStaged(change, current, expected)) {
			if (change.before && current.draftVersionId !== change.before.draftVersionId) {
				throw editedMeanwhile(change, 'was edited');
			}
			staged = await context.definitions.saveDraft(id, write);
		}
		await assertNobodyBetween(context, change, staged);
		assertSame(change, expected, staged.content);
		return { workflowId: id, versionId: staged.draftVersionId };
	},

	undo: async (context, change, result) => {
		const { before } = change;
		if (!before) return 'It is removed with the workflow.';
		const current = await context.definitions.get(before.workflowId);
		const old = await context.contentOf(before.draft);
		if (isSame(current.content, old)) return 'The draft is as it was.';
		const ours = [
			result?.versionId ?? (await ownVersion(context, change, current)),
			context.resultOf(change.workflowKey, 'restage')?.versionId,
		];
		if (!ours.includes(current.draftVersionId)) {
			return 'Somebody has edited the draft since, so it was left.';
		}
		await context.definitions.saveDraft(before.workflowId, withResets(context, current, old));
		return 'The draft was put back.';
	},
};

/**
 * Nothing to write: it is equal, or it was written before a crash and the engine has corrected its look.
 */
function isStaged(
	change: PlannedChange,
	current: EngineWorkflow,
	expected: WorkflowContent,
): boolean {
	if (isSame(current.content, expected)) return true;
	return (
		current.draftVersionId !== change.before?.draftVersionId &&
		current.content.name === expected.name &&
		fingerprint(current.content).digest === fingerprint(expected).digest
	);
}

/** When the answer of the write was lost: the draft is ours if it is what we meant to write. */
async function ownVersion(
	context: StepContext,
	change: PlannedChange,
	current: EngineWorkflow,
): Promise<string | null> {
	const { expected } = await context.desiredOf(change);
	return isStaged(change, current, expected) ? current.draftVersionId : null;
}

async function assertNobodyBetween(
	context: StepContext,
	change: PlannedChange,
	staged: EngineWorkflow,
): Promise<void> {
	const { before } = change;
	if (!before || staged.draftVersionId === before.draftVersionId) return;
	const history = await context.definitions.history(before.workflowId);
	const own = history.findIndex(({ versionId }) => versionId === staged.draftVersionId);
	const predecessor = history[own + 1];
	if (own < 0 || !predecessor || predecessor.versionId === before.draftVersionId) return;
	await putBack(context, before, staged, predecessor.versionId);
	throw editedMeanwhile(change, `was edited by ${predecessor.authors}`);
}

/** The other person's edit becomes the draft again, if nothing newer has. */
async function putBack(
	context: StepContext,
	before: TargetBefore,
	staged: EngineWorkflow,
	versionId: string,
): Promise<void> {
	const current = await context.definitions.get(before.workflowId);
	if (current.draftVersionId !== staged.draftVersionId) return;
	const old = await context.contentOf(before.draft);
	const theirs = await context.definitions.graphOf(before.workflowId, versionId);
	await context.definitions.saveDraft(
		before.workflowId,
		withResets(context, current, { ...old, ...theirs }),
	);
}

function isSame(one: WorkflowContent, other: WorkflowContent): boolean {
	const [a, b] = [fingerprint(one), fingerprint(other)];
	return a.digest === b.digest && a.appearanceDigest === b.appearanceDigest;
}

/** Only behaviour must be equal: the engine may correct the look, such as a credential's cached name. */
function assertSame(
	change: PlannedChange,
	expected: WorkflowContent,
	actual: WorkflowContent,
): void {
	if (fingerprint(expected).digest === fingerprint(actual).digest) return;
	throw new OrchestrationError(
		'engine_bad_response',
		`Workflow "${change.name}" was saved, but reads back different from what was sent:\n${diffContents(expected, actual).text}`,
		{ details: { workflowKey: change.workflowKey } },
	);
}

/** Settings that must go are sent with the value that takes them away. */
function withResets(
	context: StepContext,
	current: EngineWorkflow,
	content: WorkflowContent,
): WorkflowContent {
	const settings = { ...content.settings };
	for (const name of Object.keys(current.content.settings)) {
		if (!(name in settings) && name in context.settingsReset) {
			settings[name] = context.settingsReset[name];
		}
	}
	return { ...content, settings };
}
