import type { EngineWorkflow, WorkflowContent } from '../../engines/port/workflow';
import type { PlannedChange } from '../promotion';
import { settingsToSend } from '../settings-merge';
import { isSameGraph } from '../target-state';
import { editedMeanwhile, type PromotionContext } from './step-context';

/** A state of a draft that a write is to follow directly. */
export type DraftState = Pick<EngineWorkflow, 'draftVersionId' | 'changeCounter'>;

/**
 * The engine has no conditional write, so this looks afterwards whether anybody wrote between `base` and
 * `written`: in the history, and by the counter, which also sees settings.
 * @throws promotion_plan_stale naming who
 */
export async function assertNobodyBetween(
	{ definitions }: PromotionContext,
	change: PlannedChange,
	base: DraftState,
	written: EngineWorkflow,
): Promise<void> {
	if (written.draftVersionId !== base.draftVersionId) {
		const history = await definitions.history(written.id);
		const own = history.findIndex(({ versionId }) => versionId === written.draftVersionId);
		const predecessor = own < 0 ? undefined : history[own + 1];
		if (predecessor && predecessor.versionId !== base.draftVersionId) {
			throw editedMeanwhile(change, `was edited by ${predecessor.authors}`);
		}
	}
	if (base.changeCounter === null || written.changeCounter === null) return;
	if (written.changeCounter > base.changeCounter + 1) {
		throw editedMeanwhile(change, 'got other settings');
	}
}

/**
 * n8n answers a write with the newest version, which is somebody else's when he was quicker than the
 * answer. To take it for ours would drop his edit when we undo.
 * @throws promotion_plan_stale
 */
export async function assertOurs(
	{ definitions }: PromotionContext,
	change: PlannedChange,
	base: DraftState,
	written: EngineWorkflow,
	sent: WorkflowContent,
): Promise<void> {
	if (isSameGraph(sent, written.content)) return;
	const history = await definitions.history(written.id);
	const known = history.findIndex(({ versionId }) => versionId === base.draftVersionId);
	const since = known < 0 ? history.length : known;
	// One version alone is ours, which the engine has changed.
	if (since > 1)
		throw editedMeanwhile(change, `was edited by ${history[0]?.authors ?? 'somebody'}`);
}

/** The content with the values that take away the settings it does not have. */
export async function draftToSend(
	context: PromotionContext,
	content: WorkflowContent,
	current: EngineWorkflow,
): Promise<WorkflowContent> {
	const reset = await context.settingsReset();
	const { send } = settingsToSend(content.settings, current.content.settings, reset);
	return { ...content, settings: send };
}
