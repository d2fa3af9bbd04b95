import type { WorkflowContent } from '../../engines/port/workflow';
import type { PlannedChange } from '../promotion';
import type { PromotionContext } from './step-context';

/**
 * What a workflow is until it is staged. Its name says whose it is; by that name a lost answer is found
 * again. One of a circle can be called, and says that it is not ready.
 */
export function startingContent(
	{ promotion }: PromotionContext,
	change: PlannedChange,
): WorkflowContent {
	const name = `${change.name} (promotion ${promotion.id})`;
	if (!change.circle) return { name, nodes: [], connections: {}, settings: {} };
	return {
		name,
		nodes: [
			{
				name: 'Called',
				type: 'n8n-nodes-base.executeWorkflowTrigger',
				typeVersion: 1.1,
				position: [0, 0],
				parameters: { inputSource: 'passthrough' },
			},
			{
				name: 'Not ready yet',
				type: 'n8n-nodes-base.stopAndError',
				typeVersion: 1,
				position: [220, 0],
				parameters: { errorMessage: `"${change.name}" is being promoted. Try again.` },
			},
		],
		connections: { Called: { main: [[{ node: 'Not ready yet', type: 'main', index: 0 }]] } },
		settings: {},
	};
}
