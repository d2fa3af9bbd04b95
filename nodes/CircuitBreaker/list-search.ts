import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Circuit } from '../../sidecar/contract/circuits';
import { connectSidecar } from '../shared/sidecar-client';

const MOST_ENTRIES = 1000;

/** The circuits the sidecar keeps; those of one process nobody can list. */
export async function searchCircuits(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	if (this.getCurrentNodeParameter('scope') !== 'fleet') return { results: [] };
	const sidecar = await connectSidecar(this);
	const circuits = await sidecar.list<Circuit>('/circuits', {}, MOST_ENTRIES);
	const sought = filter.toLowerCase();
	return {
		results: circuits
			.filter(({ key }) => key.toLowerCase().includes(sought))
			.map(({ key, state }) => ({ name: `${key} (${state})`, value: key })),
	};
}
