import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { DeadLetterInput, ErrorClass, Severity } from '../../sidecar/contract/dead-letters';
import { errorOutputLetter } from '../shared/letters/error-output-letter';
import { errorWorkflowLetter, isFromErrorTrigger } from './error-workflow-letter';
import type { Observation } from './hints';

export interface EnqueueOptions {
	environment?: string;
	errorClass?: ErrorClass | 'auto';
	fingerprint?: string | number;
	note?: string;
	reason?: string;
	severity?: Severity;
	source?: 'auto' | 'errorOutput' | 'errorWorkflow';
	ttlHours?: number;
}

/** Items of the trigger that all letters together may repeat where n8n lost the pairing. */
const MOST_REPEATED = 10_000;

/** The letter for one input item as the node says. Throws when an option makes no sense for it. */
export async function letterOf(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	trigger: string | undefined,
	itemCount: number,
): Promise<{ letter: DeadLetterInput } & Observation> {
	const options = context.getNodeParameter('options', itemIndex, {}) as EnqueueOptions;
	const chosen = chosenBy(context, options, itemIndex);
	const { source = 'auto', reason } = options;
	const fromErrorTrigger =
		source === 'errorWorkflow' || (source === 'auto' && isFromErrorTrigger(item.json));
	const { letter, ...seen } = fromErrorTrigger
		? { letter: errorWorkflowLetter(item.json), failed: true, paired: true }
		: await errorOutputLetter(context, item, itemIndex, trigger, MOST_REPEATED / itemCount);
	if (letter.workflowId === '') {
		throw new NodeOperationError(context.getNode(), 'Expected a saved workflow, but it has no ID', {
			itemIndex,
			description: fromErrorTrigger
				? 'The item is not as an Error Trigger gives it: see Options, Source.'
				: 'Save this workflow first: a dead letter is kept for a workflow.',
		});
	}
	const error = reason ? { ...letter.error, message: String(reason) } : letter.error;
	return { letter: { ...letter, error, ...chosen }, ...seen, failed: seen.failed || !!reason };
}

function chosenBy(
	context: IExecuteFunctions,
	options: EnqueueOptions,
	itemIndex: number,
): Partial<DeadLetterInput> {
	const { environment, errorClass = 'auto', fingerprint, note, severity, ttlHours } = options;
	if ('ttlHours' in options && !(typeof ttlHours === 'number' && ttlHours > 0)) {
		throw new NodeOperationError(
			context.getNode(),
			`Expected Time to Live to be a number of hours above 0, but got ${JSON.stringify(ttlHours)}`,
			{ itemIndex, description: 'Check the expression in Options, Time to Live.' },
		);
	}
	const same = fingerprint === undefined || fingerprint === null ? '' : String(fingerprint).trim();
	if ('fingerprint' in options && same === '') {
		throw new NodeOperationError(context.getNode(), 'Expected a fingerprint, but got none', {
			itemIndex,
			description:
				'The expression in Options, Fingerprint gave nothing for this item. Without a fingerprint each failed item is a letter of its own: remove the option for that.',
		});
	}
	return {
		...(environment ? { environment } : {}),
		...(errorClass === 'auto' ? {} : { errorClass }),
		...(same ? { fingerprint: same } : {}),
		...(note ? { note } : {}),
		...(severity ? { severity } : {}),
		...(ttlHours ? { ttlSeconds: Math.max(1, Math.round(ttlHours * 3600)) } : {}),
	};
}
