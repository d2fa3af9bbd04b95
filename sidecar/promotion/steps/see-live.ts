import type { EngineWorkflow, WorkflowContent } from '../../engines/port/workflow';
import { OrchestrationError } from '../../kernel/errors';
import { productionWebhooks } from '../../workflow-versions/webhooks';
import type { PlannedChange } from '../promotion';
import { doesTheSame, liveContent } from '../target-state';
import {
	editedMeanwhile,
	targetIdOf,
	versionMadeBy,
	type PromotionContext,
	type StepKind,
} from './step-context';

const deadlineMs = 60_000;
const pollMs = 250;
/** n8n switches to a version up to about a second after it has said so, and nothing shows from outside. */
const settleMs = 1_000;

/**
 * The engine says "active" before it is true. This waits until the live version reads back as the one
 * published and each of its webhooks is registered.
 */
export const seeLive: StepKind = {
	run: async (context, change) => {
		const { clock, signal } = context;
		const workflowId = targetIdOf(context, change);
		const published = context.stepOf(change.workflowKey, 'publish')?.finishedAt?.getTime() ?? 0;
		const settled = published + settleMs - clock.now().getTime();
		if (settled > 0) await clock.sleep(settled, signal);
		let workflow = await context.definitions.get(workflowId);
		const { expected } = await context.desiredOf(change, workflow);
		const deadline = clock.now().getTime() + deadlineMs;
		let missing = await whatIsMissing(context, change, workflow, expected);
		while (missing !== '' && clock.now().getTime() < deadline) {
			await clock.sleep(pollMs, signal);
			workflow = await context.definitions.get(workflowId);
			missing = await whatIsMissing(context, change, workflow, expected);
		}
		if (missing === '') {
			context.seenLive.set(change.workflowKey, workflow);
			return { workflowId };
		}
		throw new OrchestrationError(
			'promotion_not_live',
			`Workflow "${change.name}" was published but not seen live within ${deadlineMs / 1000} s: ${missing}.`,
			{ details: { workflowKey: change.workflowKey } },
		);
	},

	undo: () => Promise.resolve('Nothing to undo.'),
};

async function whatIsMissing(
	context: PromotionContext,
	change: PlannedChange,
	workflow: EngineWorkflow,
	expected: WorkflowContent,
): Promise<string> {
	const live = liveContent(workflow);
	if (!live || workflow.live?.versionId !== versionMadeBy(context, change, 'publish')) {
		throw editedMeanwhile(change, 'was published or unpublished by somebody else');
	}
	// The nodes of a version never change; name and settings have none.
	if (!doesTheSame(live, expected)) throw editedMeanwhile(change, 'got other settings or a name');
	const missing = await Promise.all(
		productionWebhooks(live).map(async (webhook) =>
			(await context.definitions.probeWebhook(webhook))
				? []
				: [`webhook ${webhook.method} ${webhook.path} is not registered`],
		),
	);
	return missing.flat().join(', ');
}
