import type { PlannedChange } from '../promotion';
import {
	editedMeanwhile,
	targetIdOf,
	versionMadeBy,
	type PromotionContext,
	type StepKind,
} from './step-context';

/** Publishes exactly the version that was staged, if draft and live are still what they have to be. */
export const publish: StepKind = {
	run: async (context, change) => {
		const { definitions } = context;
		const id = targetIdOf(context, change);
		const versionId = stagedVersion(context, change);
		const before = await definitions.get(id);
		if (before.live?.versionId !== versionId) {
			if (before.draftVersionId !== versionId) throw editedMeanwhile(change, 'was edited');
			assertLiveAsPlanned(context, change, before.live?.versionId ?? null);
			await definitions.publish(id, versionId);
		}
		// Publishing has no condition in n8n: whoever came between the look and the call shows now.
		const after = await definitions.get(id);
		if (after.draftVersionId !== versionId) throw editedMeanwhile(change, 'was edited');
		return { workflowId: id, versionId };
	},

	undo: async (context, change) => {
		const id = targetIdOf(context, change);
		const versionId = stagedVersion(context, change);
		const live = (await context.definitions.get(id)).live?.versionId ?? null;
		const old = liveBefore(context, change);
		if (live === old) return 'What is live is as it was.';
		if (live !== versionId) return 'Somebody has published since, so it was left.';
		if (old === null) await context.definitions.unpublish(id);
		else await context.definitions.publish(id, old);
		return old === null ? 'It was unpublished again.' : 'The version before was published again.';
	},
};

/** Takes a workflow out of service that was not in service before; it stays. */
export const unpublish: StepKind = {
	run: async (context, change) => {
		const workflowId = targetIdOf(context, change);
		const { live } = await context.definitions.get(workflowId);
		if (live) {
			assertLiveAsPlanned(context, change, live.versionId);
			await context.definitions.unpublish(workflowId);
		}
		return { workflowId };
	},

	undo: async (context, change) => {
		const id = targetIdOf(context, change);
		const old = liveBefore(context, change);
		const { live } = await context.definitions.get(id);
		if (old === null || live) return 'What is live is as it was, or newer.';
		await context.definitions.publish(id, old);
		return 'It was published again.';
	},
};

function stagedVersion(context: PromotionContext, change: PlannedChange): string {
	const versionId = versionMadeBy(context, change, 'stage');
	if (versionId === null) throw new TypeError(`workflow ${change.workflowKey} was not staged`);
	return versionId;
}

function liveBefore(context: PromotionContext, change: PlannedChange): string | null {
	if (change.before) return change.before.liveVersionId;
	return versionMadeBy(context, change, 'publish-stand-in');
}

function assertLiveAsPlanned(
	context: PromotionContext,
	change: PlannedChange,
	live: string | null,
): void {
	if (live === liveBefore(context, change)) return;
	throw editedMeanwhile(change, 'was published or unpublished by somebody else');
}
