import type { DeadLetterDetail, ReplayRequest } from '../../../../sidecar/contract/dead-letters';
import { deadLetterField, idField } from '../../fields';
import {
	collection,
	type Operation,
	type OperationCall,
	requiredText,
	segment,
} from '../../operation';

const LONGEST_WAIT_SECONDS = 60;

const id = deadLetterField;

function requestOf(call: OperationCall): ReplayRequest {
	const { context, itemIndex } = call;
	const strategy = context.getNodeParameter('strategy', itemIndex) as 'redeliver' | 'retry';
	const { waitSeconds = 0 } = collection(call, 'options') as { waitSeconds?: number };
	const wait = waitSeconds > 0 ? { waitSeconds: Math.min(waitSeconds, LONGEST_WAIT_SECONDS) } : {};
	if (strategy === 'retry') return { strategy, ...wait };
	const version = String(context.getNodeParameter('version', itemIndex, 'live'));
	return {
		strategy,
		version: version === 'chosen' ? requiredText(call, versionId) : version,
		...wait,
	};
}

const versionId = {
	...idField('versionId', 'Version ID'),
	displayOptions: { show: { strategy: ['redeliver'], version: ['chosen'] } },
};

export const replayDeadLetter: Operation = {
	name: 'Replay',
	action: 'Replay a dead letter',
	description: 'Send a dead letter again, from the trigger or from the failed node',
	fields: [
		id,
		{
			displayName: 'Strategy',
			name: 'strategy',
			type: 'options',
			noDataExpression: true,
			options: [
				{
					name: 'Redeliver',
					value: 'redeliver',
					description: 'Start the workflow again with what the trigger got',
				},
				{
					name: 'Retry',
					value: 'retry',
					description:
						'Go on in n8n at the failed node of a failed execution, with the definition that failed',
				},
			],
			default: 'redeliver',
		},
		{
			displayName: 'Version',
			name: 'version',
			type: 'options',
			noDataExpression: true,
			displayOptions: { show: { strategy: ['redeliver'] } },
			options: [
				{ name: 'Chosen', value: 'chosen', description: 'One version by its ID' },
				{ name: 'Failed', value: 'failed', description: 'What ran when it failed' },
				{ name: 'Live', value: 'live', description: 'What is published now' },
			],
			default: 'live',
		},
		versionId,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Wait for Outcome (Seconds)',
					name: 'waitSeconds',
					type: 'number',
					typeOptions: { minValue: 0, maxValue: LONGEST_WAIT_SECONDS },
					default: 30,
					description: 'How long to wait for the outcome of the replay, at most 60',
				},
			],
		},
	],
	execute: async (call) => {
		const body = requestOf(call);
		return await call.sidecar.request<DeadLetterDetail>({
			method: 'POST',
			path: `/dead-letters/${segment(requiredText(call, id))}/replay`,
			body,
			itemIndex: call.itemIndex,
			waitSeconds: body.waitSeconds ?? 0,
		});
	},
};
