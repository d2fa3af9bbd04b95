import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import { searchCircuits as searchFleet } from '../shared/key-search';

/** The circuits the sidecar keeps; those of one process nobody can list. */
export async function searchCircuits(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	if (this.getCurrentNodeParameter('scope') !== 'fleet') return { results: [] };
	return await searchFleet.call(this, filter);
}
