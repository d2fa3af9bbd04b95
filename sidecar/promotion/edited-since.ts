import { isOrchestrationError } from '../kernel/errors';
import { resultOf, targetIdIn } from './journal';
import type { PlannedChange, Promotion, Step } from './promotion';
import { definitionsOf, type PromotionPorts } from './promotion-ports';
import { isSame, liveContent } from './target-state';

/** Names in words what is no longer as the promotion left it. */
export async function editedSince(ports: PromotionPorts, promotion: Promotion): Promise<string[]> {
	const steps = await ports.promotions.steps(promotion.id);
	const edited: string[] = [];
	for (const change of promotion.plan.changes) {
		if (change.action === 'none') continue;
		edited.push(...(await editsOf(ports, promotion, change, steps)));
	}
	return edited;
}

async function editsOf(
	ports: PromotionPorts,
	promotion: Promotion,
	change: PlannedChange,
	steps: Step[],
): Promise<string[]> {
	const definitions = await definitionsOf(ports, promotion.to);
	const name = `workflow "${change.name}"`;
	try {
		const workflow = await definitions.get(targetIdIn(steps, change) ?? '');
		const left = await contentOf(ports, resultOf(steps, change.workflowKey, 'record')?.kept);
		if (!isSame(workflow.content, left)) return [`${name} was edited in the target`];
		const live = liveContent(workflow);
		// A roll-back may have left an edit as the draft; what it published is its version.
		const published = change.thenDraft === null ? left : await contentOf(ports, change.versionId);
		const asLeft = change.publish
			? live !== null && isSame(live, published)
			: !change.unpublish || live === null;
		return asLeft ? [] : [`${name} was published or unpublished in the target`];
	} catch (error) {
		if (isOrchestrationError(error, 'workflow_not_found')) return [`${name} is gone`];
		throw error;
	}
}

async function contentOf(ports: PromotionPorts, versionId: string | undefined) {
	const version = versionId === undefined ? null : await ports.versions.find(versionId);
	if (!version) throw new TypeError(`version ${versionId} was not kept`);
	return version.content;
}
