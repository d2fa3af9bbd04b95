import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Endpoint } from '../../sidecar/contract/webhooks';
import { connectSidecar } from '../shared/sidecar-client';
import { SYSTEM_ENDPOINT } from './subscription';

const MOST_ENTRIES = 1000;

/** Endpoints that take events in from outside. */
export async function searchEndpoints(
	this: ILoadOptionsFunctions,
	filter = '',
): Promise<INodeListSearchResult> {
	const sidecar = await connectSidecar(this);
	const endpoints = await sidecar.list<Endpoint>('/webhooks/endpoints', {}, MOST_ENTRIES);
	const sought = filter.toLowerCase();
	return {
		results: endpoints
			.filter(({ name }) => name !== SYSTEM_ENDPOINT && name.includes(sought))
			.map(({ name, scheme }) => ({ name: `${name} (${scheme})`, value: name })),
	};
}
