import type { IExecuteFunctions, INode, IWorkflowBase } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { ItemLetter } from './batches';

/** Output of the trigger below: the letters, of which only one copy is kept. */
export const LETTERS_NODE = 'Letters';
const HAND_OVER_NODE = 'Hand Over';
const WAIT_NODE = 'Wait';

/** After 1, 2, 4 … minutes, at last each hour. */
const MINUTES = '={{ Math.min(60, 2 ** $runIndex) }}';

/**
 * Starts an execution of its own that holds the letters and hands them over once the sidecar is
 * back. n8n has it in its database when this resolves; while it waits it survives restarts and holds
 * no slot. The same letters with the same positions are sent, so what the sidecar had got is not
 * doubled. It names no parent: if it fails, the sidecar's follower finds it like any lost work.
 *
 * @returns the id of that execution
 */
export async function keepInN8n(
	context: IExecuteFunctions,
	letters: ItemLetter[],
	cause: unknown,
): Promise<string> {
	try {
		const { executionId } = await context.executeWorkflow(
			{ code: handingOver(context) },
			letters.map(({ letter }) => ({ json: { letter } as never })),
			undefined,
			{ doNotWaitToFinish: true },
		);
		if (executionId) return executionId;
		throw new Error('it gave no execution');
	} catch (error) {
		throw new NodeOperationError(
			context.getNode(),
			`${(cause as Error).message}, and n8n could not keep the letters either: ${(error as Error).message}`,
			{
				itemIndex: letters[0]?.index ?? 0,
				description:
					'This execution fails with its items in it: n8n keeps it, and it can be retried.',
			},
		);
	}
}

function handingOver(context: IExecuteFunctions): IWorkflowBase {
	const { type, typeVersion, parameters, credentials } = context.getNode();
	const node = (
		name: string,
		nodeType: string,
		version: number,
		rest: Partial<INode>,
		x: number,
	): INode => ({
		id: name.toLowerCase().replace(' ', '-'),
		name,
		type: nodeType,
		typeVersion: version,
		position: [x, 0],
		parameters: {},
		...rest,
	});
	const to = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const { authentication = 'token' } = parameters;
	return {
		// Filed under this workflow: n8n fills in its id.
		id: '',
		name: `Dead letters of ${context.getWorkflow().name ?? 'a workflow'}, to be handed over`,
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(0),
		updatedAt: new Date(0),
		nodes: [
			node(
				LETTERS_NODE,
				'n8n-nodes-base.executeWorkflowTrigger',
				1.1,
				{ parameters: { inputSource: 'passthrough' } },
				0,
			),
			node(
				HAND_OVER_NODE,
				type,
				typeVersion,
				{
					parameters: { authentication, handOver: true },
					...(credentials ? { credentials } : {}),
				},
				200,
			),
			node(
				WAIT_NODE,
				'n8n-nodes-base.wait',
				1.1,
				{
					webhookId: 'orchestration-hand-over',
					parameters: {
						resume: 'webhook',
						httpMethod: 'POST',
						limitWaitTime: true,
						limitType: 'afterTimeInterval',
						resumeAmount: MINUTES,
						resumeUnit: 'minutes',
						options: {},
					},
				},
				400,
			),
		],
		connections: {
			[LETTERS_NODE]: { main: [to(HAND_OVER_NODE)] },
			[HAND_OVER_NODE]: { main: [[], to(WAIT_NODE)] },
			[WAIT_NODE]: { main: [to(HAND_OVER_NODE)] },
		},
		// Once handed over nobody needs the copy in n8n.
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'none' },
	};
}
