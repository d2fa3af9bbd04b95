import type { OrchestrationError } from '../../kernel/errors';
import type { PlannedChange } from '../promotion';
import { publishOvertaken } from './overtaken';
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
		let now = await definitions.get(id);
		if (now.live?.versionId !== versionId) {
			if (now.draftVersionId !== versionId) throw await editedBy(context, change, id);
			assertLiveAsPlanned(context, change, now.live?.versionId ?? null);
			now = await definitions.publish(id, versionId);
		}
		const result = { workflowId: id, versionId };
		if (now.draftVersionId === versionId) return result;
		// Publishing has no condition in n8n: somebody came between the look and the call, or its lost answer.
		const publication = now.live?.publications?.at(-1);
		if (publication) await context.note({ ...result, publication });
		throw await editedBy(context, change, id);
	},

	undo: async (context, change, result) => {
		const { definitions } = context;
		const id = targetIdOf(context, change);
		const versionId = stagedVersion(context, change);
		const seen = await definitions.get(id);
		const live = seen.live?.versionId ?? null;
		const old = liveBefore(context, change);
		if (live !== old && live !== versionId) return 'Somebody has published since, so it was left.';
		if (old === null) {
			if (live !== null) await definitions.unpublish(id);
			return 'It is not published, as before.';
		}
		const back = live === old ? seen : await definitions.publish(id, old);
		let theirs = await publishOvertaken(definitions, back, versionId, result?.publication);
		if (!theirs && back.draftVersionId !== seen.draftVersionId) {
			// Somebody has edited just before. If they had published that too, only ours can tell, once more live.
			const ours = await definitions.publish(id, versionId);
			const again = back.live?.publications?.at(-1);
			theirs = await publishOvertaken(definitions, ours, versionId, again);
			if (!theirs) await definitions.publish(id, old);
		}
		if (!theirs) return 'What is live is as it was.';
		return `What ${theirs.authors} had published in the same moment is live again.`;
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

async function editedBy(
	{ definitions }: PromotionContext,
	change: PlannedChange,
	id: string,
): Promise<OrchestrationError> {
	const [newest] = await definitions.history(id);
	return editedMeanwhile(change, `was edited by ${newest?.authors ?? 'somebody'}`);
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
