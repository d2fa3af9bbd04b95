import type { IExecuteFunctions } from 'n8n-workflow';

import type {
	DeadLetter,
	DeadLetterBatch,
	DeadLetterBatchAnswer,
	DeadLetterInput,
} from '../../../sidecar/contract/dead-letters';
import type { Sidecar } from '../sidecar-client';
import { refusalError } from '../sidecar-error';
import { sendLetter } from './send-letter';

/** What the sidecar takes at once. */
export const MOST_LETTERS = 1000;

/** Several in one call: all are kept, or none and it throws. In order. */
export async function sendLetters(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	letters: DeadLetterInput[],
	itemIndex: number,
): Promise<DeadLetter[]> {
	const [first, ...others] = letters;
	if (!first) return [];
	if (others.length === 0) return [await sendLetter(context, sidecar, first, itemIndex)];
	const { environment } = first;
	const body: DeadLetterBatch = {
		...(environment === undefined ? {} : { environment }),
		letters: letters.map(({ environment: _same, ...letter }) => letter),
	};
	const answer = await sidecar.request<DeadLetterBatchAnswer>({
		method: 'POST',
		path: '/dead-letters',
		body,
		itemIndex,
	});
	if (answer.letters?.length !== letters.length) {
		// Some other server that says yes to everything: nothing is kept.
		const refusal = { status: 200, body: undefined, baseUrl: sidecar.baseUrl };
		throw refusalError(context.getNode(), refusal, itemIndex);
	}
	return answer.letters;
}
