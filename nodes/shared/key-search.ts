import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Circuit } from '../../sidecar/contract/circuits';
import type { RateLimit } from '../../sidecar/contract/rate-limits';
import { connectSidecar } from './sidecar-client';

const MOST_ENTRIES = 1000;

/** What the sidecar keeps by key, for a list in the editor. */
async function searchKeys<Entry extends { key: string }>(
	context: ILoadOptionsFunctions,
	path: string,
	filter: string,
	told: (entry: Entry) => string,
): Promise<INodeListSearchResult> {
	const sidecar = await connectSidecar(context);
	const entries = await sidecar.list<Entry>(path, {}, MOST_ENTRIES);
	const sought = filter.toLowerCase();
	return {
		results: entries
			.filter(({ key }) => key.toLowerCase().includes(sought))
			.map((entry) => ({ name: `${entry.key} (${told(entry)})`, value: entry.key })),
	};
}

export async function searchCircuits(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchKeys<Circuit>(this, '/circuits', filter, ({ state }) => state);
}

export async function searchRateLimits(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	return await searchKeys<RateLimit>(
		this,
		'/rate-limits',
		filter,
		({ limit, intervalMs }) => `${limit} per ${intervalMs / 1000} s`,
	);
}
