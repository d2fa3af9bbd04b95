import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { concurrently } from '../../shared/concurrent';
import { errorItem } from '../../shared/error-item';
import { readError } from '../../shared/failure';
import { jsonItem } from '../../shared/json-item';
import { sendLetters } from '../../shared/letters/send-letters';
import { findTrigger } from '../../shared/letters/trigger-items';
import { asNodeError } from '../../shared/node-error';
import { isSidecarAway } from '../../shared/sidecar-away';
import { connectSidecar, type Sidecar } from '../../shared/sidecar-client';
import { problemOf } from '../../shared/sidecar-error';
import { batchesOf, type ItemLetter } from '../batches';
import { hintsFor, keptHint, type Observation } from '../hints';
import { letterOf } from '../item-letter';
import { keepInN8n } from '../keep-in-n8n';
import { wrongLetter } from '../wrong-letter';

const LETTERS_AT_ONCE = 4;

/** One letter for each input item, all in one call. The position in the execution makes a second call a no-op. */
export async function enqueue(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const items = context.getInputData();
	if (items.length === 0) return [];
	const results = new Map<number, INodeExecutionData>();
	const refuse = (error: unknown, indexes: number[]): void => {
		const first = indexes[0] ?? 0;
		if (!context.continueOnFail()) throw asNodeError(context, error, first);
		for (const index of indexes) {
			results.set(index, notKept(context, items[index] ?? { json: {} }, index, error));
		}
	};

	const letters = await prepare(context, items, refuse);
	const keepHere = context.getNodeParameter('options.whenAway', 0, 'fail') === 'keep';
	let sidecar: Sidecar | undefined;
	let away: unknown;
	const keptIn: string[] = [];
	const deliver = async (batch: ItemLetter[]): Promise<void> => {
		const indexes = batch.map(({ index }) => index);
		try {
			// Nobody there for one batch: do not keep the workflow waiting for each of the others.
			if (away !== undefined) throw away;
			sidecar ??= await connectSidecar(context);
			const sent = batch.map(({ letter }) => letter);
			const kept = await sendLetters(context, sidecar, sent, indexes[0] ?? 0);
			kept.forEach((letter, nth) => {
				const index = indexes[nth] ?? 0;
				const url = `${sidecar?.baseUrl}/api/v1/dead-letters/${encodeURIComponent(letter.id)}`;
				results.set(index, jsonItem({ deadLetterId: letter.id, url, ...letter }, index));
			});
		} catch (error) {
			if (isSidecarAway(error)) {
				away = error;
				if (!keepHere) return refuse(error, indexes);
				await keepHereInstead(batch, error);
				return;
			}
			if (batch.length > 1 && codeOf(error) === 'body_too_large') {
				const half = Math.ceil(batch.length / 2);
				await deliver(batch.slice(0, half));
				await deliver(batch.slice(half));
				return;
			}
			const wrong = wrongLetter(error, batch.length);
			if (wrong === undefined) return refuse(error, indexes);
			// All or none: without the wrong one the others are kept.
			refuse(asAbout(error, batch[wrong]?.index ?? 0), [batch[wrong]?.index ?? 0]);
			await deliver(batch.filter((_, nth) => nth !== wrong));
		}
	};
	const keepHereInstead = async (batch: ItemLetter[], cause: unknown): Promise<void> => {
		const indexes = batch.map(({ index }) => index);
		try {
			const executionId = await keepInN8n(context, batch, cause);
			keptIn.push(executionId);
			for (const index of indexes) {
				const state = { deadLetterId: null, state: 'kept-in-n8n', keptIn: executionId };
				results.set(index, jsonItem(state, index));
			}
		} catch (error) {
			refuse(error, indexes);
		}
	};

	for (const batch of batchesOf(letters)) await deliver(batch);
	if (keptIn.length > 0) context.addExecutionHints(keptHint(keptIn));
	return items.map((_, index) => results.get(index)).filter((item) => item !== undefined);
}

async function prepare(
	context: IExecuteFunctions,
	items: INodeExecutionData[],
	refuse: (error: unknown, indexes: number[]) => void,
): Promise<ItemLetter[]> {
	const trigger = findTrigger(context);
	const observations: Observation[] = [];
	const letters = await concurrently(items.length, LETTERS_AT_ONCE, async (index) => {
		try {
			const item = items[index] ?? { json: {} };
			const { letter, ...seen } = await letterOf(context, item, index, trigger, items.length);
			observations.push(seen);
			return { index, letter };
		} catch (error) {
			refuse(asNodeError(context, error, index), [index]);
			return undefined;
		}
	});
	context.addExecutionHints(...hintsFor(observations));
	return letters.filter((letter) => letter !== undefined);
}

const codeOf = (error: unknown): unknown =>
	problemOf((error as { context?: IDataObject }).context?.['data'])?.code;

/** The sidecar spoke of the whole call; the error is about this item. */
function asAbout(error: unknown, itemIndex: number): unknown {
	const { context } = error as { context?: IDataObject };
	if (context) context['itemIndex'] = itemIndex;
	return error;
}

/** The error the item came with would be overwritten by ours: keep it inside. */
function notKept(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	itemIndex: number,
	error: unknown,
): INodeExecutionData {
	const failed = errorItem(context, item, itemIndex, error);
	const { error: original } = item.json;
	const { error: report } = failed.json as { error: IDataObject };
	return original
		? {
				...failed,
				json: {
					...failed.json,
					error: { ...report, original: readError(original) as IDataObject },
				},
			}
		: failed;
}
