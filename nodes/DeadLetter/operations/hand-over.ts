import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { DeadLetterInput } from '../../../sidecar/contract/dead-letters';
import { executedNode } from '../../shared/executed-node';
import { jsonItem } from '../../shared/json-item';
import { sendLetters } from '../../shared/letters/send-letters';
import { asNodeError } from '../../shared/node-error';
import { runIndexOf } from '../../shared/run-index';
import { isSidecarAway } from '../../shared/sidecar-away';
import { connectSidecar } from '../../shared/sidecar-client';
import { LETTERS_NODE } from '../keep-in-n8n';

/**
 * Handed Over, Later. Runs in the execution that keep-in-n8n.ts starts, and nowhere else. The first
 * time it only lets that execution wait: the sidecar was away a moment ago.
 */
export async function handOver(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const tries = runIndexOf(context);
	const later = [[], [jsonItem({ tries }, 0)]];
	if (tries === 0) return later;
	const kept = executedNode(context, LETTERS_NODE, 0).all();
	const letters = kept.map(({ json }) => json['letter'] as unknown as DeadLetterInput);
	try {
		const sidecar = await connectSidecar(context);
		const taken = await sendLetters(context, sidecar, letters, 0);
		return [taken.map(({ id }) => jsonItem({ deadLetterId: id }, 0)), []];
	} catch (error) {
		if (isSidecarAway(error)) return later;
		throw asNodeError(context, error, 0);
	}
}
