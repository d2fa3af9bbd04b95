import { OrchestrationError } from '../../kernel/errors';
import { fingerprint } from '../../workflow-versions/fingerprint';
import { productionWebhooks } from '../../workflow-versions/webhooks';
import { targetIdOf, type StepContext, type StepKind } from './step-context';

const deadlineMs = 60_000;
const pollMs = 250;

/**
 * The engine says "active" before it is true. This waits until the live version reads back as the one
 * published and each of its webhooks is registered.
 */
export const seeLive: StepKind = {
	run: async (context, change) => {
		const id = targetIdOf(context, change);
		const versionId = context.resultOf(change.workflowKey, 'publish')?.versionId;
		const { expected } = await context.desiredOf(change);
		const digest = fingerprint(expected).digest;
		const deadline = context.clock.now().getTime() + deadlineMs;
		let missing = 'nothing was read yet';
		while (context.clock.now().getTime() < deadline) {
			missing = await whatIsMissing(context, id, versionId ?? null, digest);
			if (missing === '') return { workflowId: id };
			await context.clock.sleep(pollMs);
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
	context: StepContext,
	id: string,
	versionId: string | null,
	digest: string,
): Promise<string> {
	const workflow = await context.definitions.get(id);
	const { live } = workflow;
	if (!live) return 'n8n does not call it published';
	if (live.versionId !== versionId) return `version ${live.versionId} is live`;
	if (fingerprint({ ...workflow.content, ...live.graph }).digest !== digest) {
		return 'what is live differs from the plan';
	}
	for (const webhook of productionWebhooks(live.graph)) {
		if (!(await context.definitions.probeWebhook(webhook))) {
			return `webhook ${webhook.method} ${webhook.path} is not registered`;
		}
	}
	return '';
}
