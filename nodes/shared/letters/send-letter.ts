import type { IExecuteFunctions } from 'n8n-workflow';

import type { DeadLetter, DeadLetterInput } from '../../../sidecar/contract/dead-letters';
import type { Sidecar } from '../sidecar-client';
import { refusalError } from '../sidecar-error';

/** Throws when the sidecar did not keep it. */
export async function sendLetter(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	letter: DeadLetterInput,
	itemIndex: number,
): Promise<DeadLetter> {
	const kept = await sidecar.request<DeadLetter>({
		method: 'POST',
		path: '/dead-letters',
		body: letter,
		itemIndex,
	});
	if (typeof kept.id !== 'string') {
		// Some other server that says yes to everything: the letter is not kept.
		const refusal = { status: 200, body: undefined, baseUrl: sidecar.baseUrl };
		throw refusalError(context.getNode(), refusal, itemIndex);
	}
	return kept;
}
