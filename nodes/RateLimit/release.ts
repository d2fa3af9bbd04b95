import type { IExecuteFunctions } from 'n8n-workflow';
import { NodeApiError } from 'n8n-workflow';

import { asNodeError } from '../shared/node-error';
import type { Sidecar } from '../shared/sidecar-client';
import { heldLeases } from './held-leases';

/** Gives leases back. One that is gone already (expired, released) counts as given back. */
export async function releaseLeases(
	context: IExecuteFunctions,
	sidecar: Sidecar,
	key: string,
	ids: string[],
	itemIndex: number,
): Promise<void> {
	for (const id of ids) {
		const path = `/concurrency/${encodeURIComponent(key)}/leases/${encodeURIComponent(id)}`;
		try {
			await sidecar.request({ method: 'DELETE', path, itemIndex });
		} catch (error) {
			if (!(error instanceof NodeApiError) || error.httpCode !== '404')
				throw asNodeError(context, error, itemIndex);
		}
		heldLeases(context).drop(key, [id]);
	}
}
