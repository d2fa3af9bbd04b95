import type { PlannedChange } from '../promotion';
import { editedMeanwhile, targetIdOf, type StepContext, type StepKind } from './step-context';

/** Publishes exactly the version that was staged, if what is live is still what the plan knew. */
export const publish: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		const versionId = stagedVersion(context, change);
		const liveVersionId = (await context.definitions.get(id)).live?.versionId ?? null;
		if (liveVersionId !== versionId) {
			assertLiveAsPlanned(change, liveVersionId);
			await context.definitions.publish(id, versionId);
		}
		return { workflowId: id, versionId };
	},

	undo: async (context, change) => {
		const id = targetIdOf(context, change);
		const versionId = stagedVersion(context, change);
		const liveVersionId = (await context.definitions.get(id)).live?.versionId ?? null;
		const old = change.before?.liveVersionId ?? null;
		if (liveVersionId === old) return 'What is live is as it was.';
		if (liveVersionId !== versionId) return 'Somebody has published since, so it was left.';
		if (old === null) await context.definitions.unpublish(id);
		else await context.definitions.publish(id, old);
		return old === null ? 'It was unpublished again.' : 'The version before was published again.';
	},
};

/** For a workflow that the release before did not have: it stays, but runs no more. */
export const unpublish: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		const liveVersionId = (await context.definitions.get(id)).live?.versionId ?? null;
		if (liveVersionId !== null) {
			assertLiveAsPlanned(change, liveVersionId);
			await context.definitions.unpublish(id);
		}
		return { workflowId: id };
	},

	undo: async (context, change) => {
		const id = targetIdOf(context, change);
		const old = change.before?.liveVersionId ?? null;
		const { live } = await context.definitions.get(id);
		if (old === null || live) return 'What is live is as it was, or newer.';
		await context.definitions.publish(id, old);
		return 'It was published again.';
	},
};

function stagedVersion(context: StepContext, change: PlannedChange): string {
	const versionId = context.resultOf(change.workflowKey, 'stage')?.versionId;
	if (!versionId) throw new TypeError(`workflow ${change.workflowKey} was not staged`);
	return versionId;
}

function assertLiveAsPlanned(change: PlannedChange, liveVersionId: string | null): void {
	if (liveVersionId === (change.before?.liveVersionId ?? null)) return;
	throw editedMeanwhile(change, 'was published or unpublished by somebody else');
}
