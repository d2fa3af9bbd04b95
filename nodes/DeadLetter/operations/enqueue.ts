import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import type { DeadLetterInput, ErrorClass } from '../../../sidecar/contract/dead-letters';
import { concurrently } from '../../shared/concurrent';
import { jsonItem } from '../../shared/json-item';
import { connectSidecar } from '../../shared/sidecar-client';
import { reportOf } from '../../shared/sidecar-error';
import { errorOutputLetter } from '../../shared/letters/error-output-letter';
import { errorWorkflowLetter, isFromErrorTrigger } from '../error-workflow-letter';
import { readError } from '../../shared/failure';
import { hintsFor, type Observation } from '../hints';
import { sendLetter } from '../../shared/letters/send-letter';
import { findTrigger } from '../../shared/letters/trigger-items';

const LETTERS_AT_ONCE = 4;

export interface EnqueueOptions {
	environment?: string;
	errorClass?: ErrorClass | 'auto';
	note?: string;
	reason?: string;
	source?: 'auto' | 'errorOutput' | 'errorWorkflow';
	ttlHours?: number;
}

/** One letter for each input item. The position in the execution makes a second call a no-op. */
export async function enqueue(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	const mayContinue = context.continueOnFail();
	const observations: Observation[] = [];
	let gone: NodeOperationError | undefined;

	const send = async (item: INodeExecutionData, index: number): Promise<INodeExecutionData> => {
		const sidecar = await connected;
		const options = context.getNodeParameter('options', index, {}) as EnqueueOptions;
		const { letter, ...seen } = await letterOf(context, item, index, options, trigger);
		observations.push(seen);
		const kept = await sendLetter(context, sidecar, withOptions(letter, options), index);
		const url = `${sidecar.baseUrl}/api/v1/dead-letters/${encodeURIComponent(kept.id)}`;
		return jsonItem({ deadLetterId: kept.id, url, ...kept }, index);
	};

	const trigger = findTrigger(context);
	const connected = connectSidecar(context);
	const sent = await concurrently(items.length, LETTERS_AT_ONCE, async (index) => {
		const item = items[index] ?? { json: {} };
		if (!mayContinue) return await send(item, index);
		try {
			// Nobody there for one item: do not keep the workflow waiting for each of the others.
			if (gone) throw gone;
			return await send(item, index);
		} catch (error) {
			if (error instanceof NodeOperationError) gone = error;
			return jsonItem({ error: notKept(error, item.json) }, index);
		}
	});
	context.addExecutionHints(...hintsFor(observations));
	return sent;
}

async function letterOf(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	{ source = 'auto' }: EnqueueOptions,
	trigger: string | undefined,
): Promise<{ letter: DeadLetterInput } & Observation> {
	const fromErrorTrigger =
		source === 'errorWorkflow' || (source === 'auto' && isFromErrorTrigger(item.json));
	if (!fromErrorTrigger) return await errorOutputLetter(context, item, itemIndex, trigger);
	return { letter: errorWorkflowLetter(item.json), failed: true, paired: true };
}

function withOptions(
	letter: DeadLetterInput,
	{ environment, errorClass = 'auto', note, reason, ttlHours }: EnqueueOptions,
): DeadLetterInput {
	return {
		...letter,
		...(environment ? { environment } : {}),
		...(errorClass === 'auto' ? {} : { errorClass }),
		...(note ? { note } : {}),
		...(ttlHours ? { ttlSeconds: Math.round(ttlHours * 3600) } : {}),
		...(reason ? { error: { ...letter.error, message: reason } } : {}),
	};
}

/** The item's first error would be overwritten by ours on an error output: keep it inside. */
function notKept(error: unknown, { error: original }: IDataObject): object {
	return { ...reportOf(error), ...(original ? { original: readError(original) } : {}) };
}
