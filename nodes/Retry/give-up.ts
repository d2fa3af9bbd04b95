import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { concurrently } from '../shared/concurrent';
import type { ErrorFacts } from '../shared/error-facts';
import { sameItem } from '../shared/error-item';
import { errorOutputLetter } from '../shared/letters/error-output-letter';
import { sendLetter } from '../shared/letters/send-letter';
import { findTrigger } from '../shared/letters/trigger-items';
import { connectSidecar, type Sidecar } from '../shared/sidecar-client';
import { reportOf } from '../shared/sidecar-error';
import type { GiveUpReason } from '../shared/retry/retry-policy';
import { asNodeError } from '../shared/node-error';
import { tidyError } from '../shared/tidy-error';

const LETTERS_AT_ONCE = 4;

/** Work that will not be tried again. */
export interface GivenUp {
	index: number;
	/** With the JSON it was tried with. */
	item: INodeExecutionData;
	error: ErrorFacts;
	attempts: number;
	reason: GiveUpReason;
	/** Of the last sub-workflow. */
	executionId?: string;
}

/**
 * Items with a tidy error for Gave Up; kept as dead letters before when the node says so. Throws when
 * the sidecar could not keep one, unless the node goes on: then the error says so.
 */
export async function giveUp(
	context: IExecuteFunctions,
	work: GivenUp[],
): Promise<INodeExecutionData[]> {
	const keep = context.getNodeParameter('whenGivingUp', 0, 'output') === 'deadLetter';
	if (!keep || work.length === 0) return work.map((each) => gaveUpItem(each));
	const trigger = findTrigger(context);
	const connected = connectSidecar(context);
	return await concurrently(work.length, LETTERS_AT_ONCE, async (place) => {
		const each = work[place] as GivenUp;
		try {
			const id = await keepLetter(context, await connected, each, trigger);
			return gaveUpItem(each, { deadLetterId: id });
		} catch (error) {
			if (!context.continueOnFail()) throw asNodeError(context, error, each.index);
			return gaveUpItem(each, { deadLetter: reportOf(error) as IDataObject });
		}
	});
}

async function keepLetter(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	given: GivenUp,
	trigger: string | undefined,
): Promise<string> {
	const { index, item, error } = given;
	const { node } = error;
	const failed = sameItem(item, index, {
		...item.json,
		error: { ...tidyError(error), ...(node ? { node } : {}) },
	});
	const { letter } = await errorOutputLetter(context, failed, index, trigger);
	return (await sendLetter(context, sidecar, letter, index)).id;
}

function gaveUpItem(given: GivenUp, more: IDataObject = {}): INodeExecutionData {
	const { index, item, error, attempts, reason, executionId } = given;
	const tidy = {
		...tidyError(error),
		attempts,
		reason,
		...(executionId ? { executionId } : {}),
		...more,
	};
	return sameItem(item, index, { ...item.json, error: tidy });
}
