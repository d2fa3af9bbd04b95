import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { searchRateLimits } from '../shared/key-search';

/** The limits the sidecar keeps; keys of leases have a space of their own, which nobody can list. */
export async function searchKeys(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const operation = String(this.getCurrentNodeParameter('operation') ?? 'acquire');
	if (operation.endsWith('Lease')) return { results: [] };
	return await searchRateLimits.call(this, filter);
}
